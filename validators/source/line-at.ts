import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { LineCounter, parseDocument } from 'yaml';
import { descend } from './descend.ts';
import { stepsOf } from './steps.ts';

/** The 1-based line of a field in a YAML text, or of the nearest thing around it that is there. */
export function lineAt(text: string, path: string): number {
  return linesOf(text)(path);
}

/** As `lineAt`, for several fields of one text. */
export function linesOf(text: string): (path: string) => number {
  const events = eventsOf(text);
  if (events === undefined) return linesOfBroken(text);
  return (path) => {
    const before = text.slice(0, offsetOf(text, events, stepsOf(path)));
    return before.split('\n').length;
  };
}

/** What a text's parser meets, in turn: it takes a third of the time that a tree takes. Undefined where it stumbles. */
function eventsOf(text: string): readonly Event[] | undefined {
  try {
    return parseEvents(text, {});
  } catch {
    return undefined;
  }
}

/** As `linesOf`, of a text with mistakes: as far as a parser that goes on after them can tell. */
function linesOfBroken(text: string): (path: string) => number {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, uniqueKeys: false });
  return (path) => lineCounter.linePos(descend(contents, stepsOf(path)).offset).line;
}

/** Where the event after a node's last one stands. */
function after(events: readonly Event[], node: number): number {
  let depth = 0;
  for (let at = node; at < events.length; at += 1) {
    const { type } = events[at] as Event;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth += 1;
    else if (type === EVENT_ID.POP) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return events.length;
}

const blocks: readonly number[] = [SCALAR_STYLE.LITERAL_BLOCK, SCALAR_STYLE.FOLDED_BLOCK];

/** Where a node begins; a block scalar on the line of its `|`. */
function startOf(event: Event): number {
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  if (event.type !== EVENT_ID.SCALAR) return 0;
  return blocks.includes(event.style) ? event.valueStart - 1 : event.valueStart;
}

/** The offset of what a path leads to in the first document, or of the last thing on the way that is there. */
function offsetOf(text: string, events: readonly Event[], steps: readonly (string | number)[]): number {
  let node = 1;
  let offset = events[node] === undefined ? 0 : startOf(events[node] as Event);
  const ended = (at: number) => events[at] === undefined || events[at]?.type === EVENT_ID.POP;
  for (const step of steps) {
    const current = events[node];
    let at = node + 1;
    if (current?.type === EVENT_ID.MAPPING) {
      for (; !ended(at); at = after(events, after(events, at))) {
        const key = events[at];
        if (key?.type === EVENT_ID.SCALAR && getScalarValue(text, key) === String(step)) break;
      }
      if (ended(at)) break;
      offset = startOf(events[at] as Event);
      node = after(events, at);
    } else if (current?.type === EVENT_ID.SEQUENCE && typeof step === 'number') {
      for (let skipped = 0; skipped < step && !ended(at); skipped += 1) at = after(events, at);
      if (ended(at)) break;
      offset = startOf(events[at] as Event);
      node = at;
    } else break;
  }
  return offset;
}
