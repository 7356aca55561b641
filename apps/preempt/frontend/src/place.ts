import { type Anomaly, type Place, readAnomalies, readPlace, readSeries } from './api.ts';
import { drawChart } from './chart/chart.ts';
import { chartTable } from './chart/table.ts';
import { html } from './element.ts';
import type { Range } from './route.ts';
import { ranges } from './route.ts';
import { sign } from './severity.ts';
import {
  agoText,
  capital,
  coordinateText,
  countryName,
  countText,
  fieldLabel,
  timeText,
  valueText,
} from './words.ts';

export interface PlacePanel {
  /** Shows a location; `focus` when a person asked for it, not the address. */
  readonly show: (id: number, range: Range, focus: boolean) => void;
  readonly hide: () => void;
  /** Reads what is shown again: an anomaly of this location came, or, without one, new weather. */
  readonly refresh: (location?: number) => void;
}

const names: Readonly<Record<Range, string>> = {
  '1d': 'Day',
  '7d': 'Week',
  '28d': '4 weeks',
  '365d': 'Year',
};
const minute = 60_000;

/** Why a location is read: it is opened, another time is asked for, or there is something new. */
type Reason = 'open' | 'range' | 'renew';

/** What the API holds may be older than what the stream tells, milliseconds. */
const afterwards = 2500;

/** What is known of one location: its newest values, a chart of each field, its anomalies. */
export function createPlace(
  section: HTMLElement,
  change: (range: Range) => void,
  close: () => void,
): PlacePanel {
  let controller: AbortController | undefined;
  let shown: { readonly id: number; readonly range: Range } | undefined;

  let isSkipped = false;
  const isUsed = () => section.querySelector(':is(.slider, details):focus-within') !== null;

  const load = async (id: number, range: Range, focus: boolean, why: Reason) => {
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    shown = { id, range };
    section.hidden = false;
    section.setAttribute('aria-busy', 'true');
    const title = html('h2', { id: 'place-title', tabindex: -1 }, 'Loading ...');
    if (why === 'open') section.replaceChildren(head(title, close));
    try {
      const [place, { anomalies }] = await Promise.all([
        readPlace(id, signal),
        readAnomalies({ location: String(id), state: 'all', limit: '200' }, signal),
      ]);
      if (signal.aborted) return;
      title.textContent = place.name;
      document.title = `${place.name}: Preempt`;
      const charts = html('div', { class: 'charts' });
      // A list that is refreshed under the reader's hand keeps its place until the new one is there.
      const figures = place.latest.map(({ field, unit }) =>
        figure(place, field, unit, range, anomalies, signal, () => void load(id, range, false, 'open')),
      );
      charts.append(...figures.map(({ element }) => element));
      const all = why === 'open' ? [] : await Promise.all(figures.map(({ ready }) => ready));
      if (signal.aborted) return;
      if (why === 'renew') {
        isSkipped = isUsed();
        // Old weather is more than none.
        if (isSkipped || all.includes(false)) return;
      }
      const keep = why === 'open' ? undefined : readers(section);
      section.replaceChildren(
        head(title, close),
        facts(place),
        ...lasting(place.anomalies),
        ranged(range, change),
        place.latest.length === 0
          ? html(
              'p',
              { class: 'notice' },
              'No weather of this place yet: each is collected several times a day.',
            )
          : charts,
      );
      keep?.();
      if (focus) {
        title.focus({ preventScroll: true });
        section.scrollIntoView({ block: 'nearest' });
      }
    } catch (error) {
      if (signal.aborted || why === 'renew') return;
      title.textContent = 'This location could not be read';
      const again = html('button', { type: 'button' }, 'Try again');
      again.addEventListener('click', () => void load(id, range, true, 'open'));
      section.replaceChildren(
        head(title, close),
        html('p', { class: 'notice', role: 'alert' }, (error as Error).message),
        again,
      );
      if (focus) title.focus();
    } finally {
      if (!signal.aborted) section.removeAttribute('aria-busy');
    }
  };
  let timer = 0;
  const renew = () => {
    if (shown === undefined) return;
    // Not while somebody reads a table or walks along a line.
    isSkipped = isUsed();
    if (!isSkipped) void load(shown.id, shown.range, false, 'renew');
  };
  const refresh = () => {
    clearTimeout(timer);
    timer = window.setTimeout(renew, afterwards);
  };
  section.addEventListener('focusout', () => {
    // What gets the focus next has it a moment later.
    if (isSkipped) setTimeout(renew);
  });
  return {
    show(id, range, focus) {
      if (shown?.id === id && shown.range === range) return;
      void load(id, range, focus, shown?.id === id ? 'range' : 'open');
    },
    hide() {
      controller?.abort();
      shown = undefined;
      isSkipped = false;
      section.hidden = true;
      section.replaceChildren();
      document.title = 'Preempt: weather anomalies';
    },
    refresh(location) {
      if (shown !== undefined && (location ?? shown.id) === shown.id) refresh();
    },
  };
}

/** @returns what gives a reader of the new content the focus, the open tables and their places that the old one had. */
function readers(section: HTMLElement): () => void {
  const active = document.activeElement;
  const focused = ['#place-title', '.close', 'input:checked'].find((one) => active?.matches(`#place ${one}`));
  const tables = [...section.querySelectorAll<HTMLElement>('details[open] .table')].map(
    (table) => [table.closest('figure')?.dataset.field, table.scrollTop] as const,
  );
  return () => {
    if (focused !== undefined) section.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
    for (const [field, top] of tables) {
      const details = section.querySelector(`figure[data-field="${field}"] details`);
      if (!(details instanceof HTMLDetailsElement)) continue;
      details.open = true;
      // It is filled when this is heard, which else would be after the next frame.
      details.dispatchEvent(new Event('toggle'));
      details.querySelector('.table')?.scrollTo({ top });
    }
  };
}

function head(title: HTMLElement, close: () => void): HTMLElement {
  const button = html('button', { type: 'button', class: 'close', 'aria-label': 'Close the location' }, '×');
  button.addEventListener('click', close);
  return html('div', { class: 'head' }, title, button);
}

function facts({ country, latitude, longitude, elevation, population, collectedAt }: Place): HTMLElement {
  const parts = [
    countryName(country),
    coordinateText(latitude, longitude),
    elevation === null ? '' : `${elevation} m`,
    population === 0 ? '' : countText(population, 'inhabitant'),
    collectedAt === null ? 'not collected yet' : `collected ${agoText(collectedAt)}`,
  ];
  return html('p', { class: 'facts' }, parts.filter((part) => part !== '').join(' · '));
}

function lasting(anomalies: readonly Anomaly[]): HTMLElement[] {
  if (anomalies.length === 0) return [];
  const items = anomalies.map((one) =>
    html(
      'li',
      {},
      sign(one.severity),
      html(
        'div',
        {},
        html('b', {}, `${capital(one.severity)} · ${fieldLabel(one.field).toLowerCase()}`),
        ` ${one.explanation}`,
      ),
    ),
  );
  return [html('ul', { class: 'lasting', 'aria-label': 'Anomalies that last' }, ...items)];
}

function ranged(range: Range, change: (range: Range) => void): HTMLElement {
  const choices = ranges.map((one) => {
    const input = html('input', { type: 'radio', name: 'range', value: one, checked: one === range });
    input.addEventListener('change', () => change(one));
    return html('label', {}, input, html('span', {}, names[one]));
  });
  return html('fieldset', { class: 'ranges' }, html('legend', { class: 'unseen' }, 'Time shown'), ...choices);
}

function figure(
  place: Place,
  field: string,
  unit: string,
  range: Range,
  anomalies: readonly Anomaly[],
  signal: AbortSignal,
  retry: () => void,
): { readonly element: HTMLElement; readonly ready: Promise<boolean> } {
  const label = fieldLabel(field);
  const latest = place.latest.find((one) => one.field === field);
  const caption = html(
    'figcaption',
    {},
    html('h3', {}, label),
    latest === undefined
      ? undefined
      : html('span', { class: 'latest', title: timeText(latest.observedAt) }, valueText(latest.value, unit)),
  );
  const body = html('div', { class: 'body' }, html('p', { class: 'notice' }, 'Loading ...'));
  const to = Math.ceil(Date.now() / minute) * minute;
  const from = to - Number.parseInt(range, 10) * 24 * 60 * minute;
  const query = { field, from: new Date(from).toISOString(), to: new Date(to).toISOString(), points: '400' };
  const own = anomalies.filter((one) => one.field === field && !one.withdrawn);
  const ready = readSeries(place.id, query, signal).then(
    (series) => {
      if (series.observations.length === 0) {
        body.replaceChildren(html('p', { class: 'notice' }, 'Nothing was measured in this time.'));
        return true;
      }
      body.replaceChildren(drawChart(label, series, own), chartTable(label, series, own));
      return true;
    },
    (error: Error) => {
      if (signal.aborted) return false;
      const again = html('button', { type: 'button' }, 'Try again');
      again.addEventListener('click', retry);
      body.replaceChildren(html('p', { class: 'notice', role: 'alert' }, error.message), again);
      return false;
    },
  );
  return { element: html('figure', { 'data-field': field }, caption, body), ready };
}
