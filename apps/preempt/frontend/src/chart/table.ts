import type { Anomaly, Series } from '../api.ts';
import { html } from '../element.ts';
import { numberText, timeText } from '../words.ts';
import { usualAt } from './chart.ts';

/** The same as a table, made when it is opened. */
export function chartTable(label: string, series: Series, anomalies: readonly Anomaly[]): HTMLDetailsElement {
  const details = html('details', {}, html('summary', {}, `${label} as a table`));
  details.addEventListener('toggle', () => {
    if (!details.open || details.children.length > 1) return;
    details.append(
      html(
        'div',
        { class: 'table', tabindex: 0, role: 'region', 'aria-label': `${label}, table` },
        table(label, series, anomalies),
      ),
    );
  });
  return details;
}

function table(label: string, series: Series, anomalies: readonly Anomaly[]): HTMLTableElement {
  const heads = [
    'Time',
    `Value${series.unit === '' ? '' : ` (${series.unit})`}`,
    'Least',
    'Most',
    'Usual',
    'Anomaly',
  ];
  const head = html('tr', {}, ...heads.map((text) => html('th', { scope: 'col' }, text)));
  const rows = series.observations.map(({ at, mean, min, max }) => {
    const time = Date.parse(at);
    const usual = usualAt(series.band, time);
    const anomaly = anomalies.find(
      ({ startedAt, endedAt }) =>
        Date.parse(startedAt) <= time && (endedAt === null || time < Date.parse(endedAt)),
    );
    const between = usual === undefined ? '' : `${numberText(usual.lower)} to ${numberText(usual.upper)}`;
    const cells = [numberText(mean), numberText(min), numberText(max), between, anomaly?.severity ?? ''];
    return html(
      'tr',
      {},
      html('th', { scope: 'row' }, timeText(at)),
      ...cells.map((text) => html('td', {}, text)),
    );
  });
  return html(
    'table',
    {},
    html('caption', { class: 'unseen' }, `${label}, newest last`),
    html('thead', {}, head),
    html('tbody', {}, ...rows),
  );
}
