import { announce } from './announce.ts';
import { type Anomaly, readAnomalies } from './api.ts';
import { html } from './element.ts';
import { sign } from './severity.ts';
import { capital, countryName, countText, durationText, fieldLabel, timeText } from './words.ts';

export interface AnomalyList {
  /** Takes what the stream brought. */
  readonly take: (anomaly: Anomaly) => void;
  /** Reads it all again. */
  readonly reload: () => void;
  /** What to say while there is none, which depends on whether there is weather at all. */
  readonly setEmpty: (message: string) => void;
}

const pageSize = '50';

/** The list of anomalies, the newest first; it lives. */
export function createList(section: HTMLElement, addressOf: (location: number) => string): AnomalyList {
  const select = (label: string, choices: readonly (readonly [string, string])[]) => {
    const made = html('select', {}, ...choices.map(([value, text]) => html('option', { value }, text)));
    made.addEventListener('change', () => void load());
    return { made, labelled: html('label', {}, html('span', { class: 'unseen' }, label), made) };
  };
  const state = select('Which anomalies', [
    ['open', 'Lasting now'],
    ['all', 'All'],
  ]);
  const severity = select('Severity', [
    ['', 'Any severity'],
    ['severe', 'Severe'],
    ['major,severe', 'Major and severe'],
    ['minor', 'Minor'],
  ]);
  const items = html('ol', { class: 'events' });
  const notice = html('p', { class: 'notice' }, 'Loading the anomalies ...');
  const again = html('button', { type: 'button', hidden: true }, 'Try again');
  const more = html('button', { type: 'button', class: 'more', hidden: true }, 'Show more');
  section.append(
    html('div', { class: 'filters' }, state.labelled, severity.labelled),
    items,
    notice,
    again,
    more,
  );

  let held = new Map<number, Anomaly>();
  let fresh = new Set<number>();
  let cursor: string | null = null;
  let empty = 'Nothing unusual is going on.';
  let controller: AbortController | undefined;
  let loaded = false;

  const fits = (one: Anomaly) =>
    (state.made.value === 'all' || one.endedAt === null) &&
    (severity.made.value === '' || severity.made.value.split(',').includes(one.severity));
  const tell = (message: string | undefined, canRetry = false) => {
    notice.hidden = message === undefined;
    notice.textContent = message ?? '';
    again.hidden = !canRetry;
  };
  const render = () => {
    const rows = [...held.values()]
      .filter(fits)
      .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt) || b.id - a.id);
    const focused = items.contains(document.activeElement)
      ? document.activeElement?.closest('li')?.dataset.id
      : undefined;
    items.replaceChildren(...rows.map((one) => item(one, addressOf(one.location.id), fresh.has(one.id))));
    if (focused !== undefined) items.querySelector<HTMLElement>(`li[data-id="${focused}"] a`)?.focus();
    more.hidden = cursor === null;
    if (loaded)
      tell(rows.length === 0 ? (severity.made.value === '' ? empty : 'None of this severity.') : undefined);
  };
  const load = async (from?: string) => {
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    try {
      const page = await readAnomalies(
        {
          state: state.made.value,
          severity: severity.made.value || undefined,
          limit: pageSize,
          cursor: from,
        },
        signal,
      );
      if (signal.aborted) return;
      if (from === undefined) held = new Map();
      for (const one of page.anomalies) held.set(one.id, one);
      cursor = page.nextCursor;
      loaded = true;
      render();
    } catch (error) {
      if (!signal.aborted) tell(`${(error as Error).message} The list is what was known before.`, true);
    }
  };
  again.addEventListener('click', () => void load());
  more.addEventListener('click', () => void load(cursor ?? undefined));
  // "3 min ago" grows.
  setInterval(render, 60_000);
  void load();
  return {
    take(anomaly) {
      const known = held.get(anomaly.id);
      // It may come twice, and late.
      if (known !== undefined && Date.parse(known.changedAt) >= Date.parse(anomaly.changedAt)) return;
      held.set(anomaly.id, anomaly);
      if (known === undefined && anomaly.endedAt === null) {
        fresh = new Set([...fresh, anomaly.id].slice(-20));
        if (fits(anomaly)) {
          const { name } = anomaly.location;
          announce(`New ${anomaly.severity} anomaly: ${fieldLabel(anomaly.field)} in ${name}`);
        }
      }
      render();
    },
    reload: () => void load(),
    setEmpty(message) {
      empty = message;
      render();
    },
  };
}

function item(one: Anomaly, address: string, isNew: boolean): HTMLLIElement {
  const place = `${one.location.name}, ${countryName(one.location.country)}`;
  const lasted = one.endedAt === null ? 'for' : 'lasted';
  const time = durationText(one.startedAt, one.endedAt ?? new Date().toISOString());
  const when = html('time', { datetime: one.startedAt, title: timeText(one.startedAt) }, `${lasted} ${time}`);
  return html(
    'li',
    {
      'data-id': one.id,
      class: `${one.severity}${isNew ? ' new' : ''}${one.endedAt === null ? '' : ' ended'}`,
    },
    sign(one.severity),
    html(
      'div',
      {},
      html('a', { href: address }, place),
      html(
        'p',
        { class: 'what' },
        html('b', {}, `${capital(one.severity)} · ${fieldLabel(one.field).toLowerCase()}`),
        ' ',
        when,
      ),
      html('p', { class: 'why' }, one.explanation),
    ),
  );
}

/** The counts of a summary in words: `2 severe, 1 major`. */
export function openText(open: Readonly<Record<string, number>>): string {
  const parts = ['severe', 'major', 'minor'].filter((name) => (open[name] ?? 0) > 0);
  const total = parts.reduce((sum, name) => sum + (open[name] ?? 0), 0);
  if (total === 0) return 'nothing unusual';
  return `${countText(total, 'anomaly', 'anomalies')} (${parts.map((name) => `${open[name]} ${name}`).join(', ')})`;
}
