import { announce } from './announce.ts';
import { type Anomaly, readAnomalies } from './api.ts';
import { html } from './element.ts';
import { sign } from './severity.ts';
import { waitAfter } from './wait-after.ts';
import { capital, countryName, countText, durationText, fieldLabel, timeText } from './words.ts';

export interface AnomalyList {
  /** Takes what the stream brought. */
  readonly take: (anomaly: Anomaly) => void;
  /** Reads it all, the first time and again. */
  readonly reload: () => void;
  /** What to say while there is none, which depends on whether there is weather at all. */
  readonly setEmpty: (message: string) => void;
}

const pageSize = 50;
/** What the API gives of anomalies at a time. */
const mostAtOnce = 200;
/** How old an answer may be that comes now, milliseconds, with the wait for it. */
const answersAge = 20_000;
/** For how long the API may give what it knew, milliseconds: what began just before the stream is in the next answer. */
const heldFor = 2500;

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
  const drawn = new Map<number, { readonly one: Anomaly; readonly li: HTMLLIElement }>();
  let fresh = new Set<number>();
  /** When the stream brought what it brought lately. */
  const brought = new Map<number, number>();
  let cursor: string | null = null;
  let empty = 'Nothing unusual is going on.';
  let controller: AbortController | undefined;
  let loaded = false;
  let failure: { readonly message: string; readonly from: string | undefined } | undefined;
  let failures = 0;
  let retry = 0;
  let late = 0;
  let isPaging = false;

  const fits = (one: Anomaly) =>
    (state.made.value === 'all' || one.endedAt === null) &&
    (severity.made.value === '' || severity.made.value.split(',').includes(one.severity));
  const tell = (message: string | undefined) => {
    notice.hidden = message === undefined;
    if (notice.textContent !== (message ?? '')) notice.textContent = message ?? '';
    again.hidden = failure === undefined;
  };
  const render = () => {
    const rows = [...held.values()]
      .filter(fits)
      .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt) || b.id - a.id);
    const kept = new Set(rows.map(({ id }) => id));
    for (const [id, { li }] of drawn) {
      if (kept.has(id)) continue;
      li.remove();
      drawn.delete(id);
    }
    // Only what changed is made anew: who reads, scrolls or has the focus here keeps it.
    rows.forEach((one, index) => {
      const known = drawn.get(one.id);
      const li = known?.one === one ? known.li : item(one, addressOf(one.location.id), fresh.has(one.id));
      drawn.set(one.id, { one, li });
      if (known !== undefined && known.li !== li) {
        const isFocused = known.li.contains(document.activeElement);
        known.li.replaceWith(li);
        if (isFocused) li.querySelector('a')?.focus({ preventScroll: true });
      }
      if (items.children[index] !== li) items.insertBefore(li, items.children[index] ?? null);
      li.querySelector('a')?.setAttribute('href', addressOf(one.location.id));
      const time = li.querySelector('time');
      const text = lastedText(one);
      if (time !== null && time.textContent !== text) time.textContent = text;
    });
    more.hidden = cursor === null;
    if (failure !== undefined)
      tell(loaded ? `${failure.message} The list is what was known before.` : failure.message);
    else if (loaded)
      tell(rows.length === 0 ? (severity.made.value === '' ? empty : 'None of this severity.') : undefined);
  };
  items.addEventListener('animationend', ({ target }) => {
    if (!(target instanceof HTMLLIElement)) return;
    target.classList.remove('new');
    fresh.delete(Number(target.dataset.id));
  });
  const load = async (from?: string) => {
    controller?.abort();
    clearTimeout(retry);
    controller = new AbortController();
    const { signal } = controller;
    isPaging = from !== undefined;
    // As many as are there, so that what somebody reads does not go.
    const limit =
      from === undefined ? Math.min(mostAtOnce, Math.max(pageSize, items.children.length)) : pageSize;
    try {
      const page = await readAnomalies(
        {
          state: state.made.value,
          severity: severity.made.value || undefined,
          limit: String(limit),
          cursor: from,
        },
        signal,
      );
      if (signal.aborted) return;
      isPaging = false;
      const before = held;
      if (from === undefined) held = new Map();
      const now = performance.now();
      for (const [id, at] of brought) if (now - at > answersAge) brought.delete(id);
      for (const one of page.anomalies) held.set(one.id, newer(before.get(one.id), one));
      // The answer may be of a moment before what the stream has brought since.
      for (const id of brought.keys()) {
        const one = before.get(id);
        if (one !== undefined) held.set(id, newer(one, held.get(id) ?? one));
      }
      cursor = page.nextCursor;
      loaded = true;
      failure = undefined;
      failures = 0;
      render();
    } catch (error) {
      if (signal.aborted) return;
      isPaging = false;
      failure = { message: (error as Error).message, from };
      render();
      failures += 1;
      retry = window.setTimeout(() => void load(from), waitAfter(failures));
    }
  };
  const reload = () => {
    clearTimeout(late);
    // Not from under whoever asked for more.
    if (isPaging) late = window.setTimeout(reload, heldFor);
    else void load();
  };
  again.addEventListener('click', () => void load(failure?.from));
  more.addEventListener('click', () => void load(cursor ?? undefined));
  // "3 min ago" grows.
  setInterval(render, 60_000);
  return {
    take(anomaly) {
      const known = held.get(anomaly.id);
      // It may come twice, and late.
      if (known !== undefined && Date.parse(known.changedAt) >= Date.parse(anomaly.changedAt)) return;
      held.set(anomaly.id, anomaly);
      brought.set(anomaly.id, performance.now());
      if (known === undefined && anomaly.endedAt === null) {
        fresh = new Set([...fresh, anomaly.id].slice(-20));
        if (fits(anomaly)) {
          const { name } = anomaly.location;
          announce(`New ${anomaly.severity} anomaly: ${fieldLabel(anomaly.field)} in ${name}`);
        }
      }
      render();
    },
    reload() {
      reload();
      late = window.setTimeout(reload, heldFor);
    },
    setEmpty(message) {
      empty = message;
      render();
    },
  };
}

const newer = (known: Anomaly | undefined, one: Anomaly): Anomaly =>
  known !== undefined && Date.parse(known.changedAt) >= Date.parse(one.changedAt) ? known : one;

/** As `for 3 h`, or `lasted 45 min`. */
function lastedText({ startedAt, endedAt }: Anomaly): string {
  if (endedAt === null) return `for ${durationText(startedAt, new Date().toISOString())}`;
  return `lasted ${durationText(startedAt, endedAt)}`;
}

function item(one: Anomaly, address: string, isNew: boolean): HTMLLIElement {
  const place = `${one.location.name}, ${countryName(one.location.country)}`;
  const when = one.withdrawn
    ? html('span', { class: 'withdrawn-note' }, 'withdrawn')
    : html('time', { datetime: one.startedAt, title: timeText(one.startedAt) }, lastedText(one));
  const classes = [
    one.severity,
    isNew ? 'new' : '',
    one.endedAt === null ? '' : 'ended',
    one.withdrawn ? 'withdrawn' : '',
  ];
  return html(
    'li',
    { 'data-id': one.id, class: classes.filter((name) => name !== '').join(' ') },
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
