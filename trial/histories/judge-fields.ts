import { isDeepStrictEqual } from 'node:util';
import { parseYaml } from '@plumbline/validators';
import type { Told } from './report.ts';

/** What is left of the two sides without what is named, in lines, and what was wrong about the names. */
export interface Rest {
  readonly before: string[];
  readonly after: string[];
  readonly faults: string[];
}

/** A change that is told, with as much of its path as is still to go. */
interface Way {
  readonly told: Told;
  readonly left: string;
}

interface Walk extends Rest {
  /** Where it is, for a person. */
  readonly at: string;
  /** The object is a Secret. */
  readonly isSecret: boolean;
  /** Values are told by their size. */
  readonly masked: boolean;
}

/**
 * Walks two values beside each other along the paths that a report names, without the differ's own code: what it does not name
 * becomes lines, the same on both sides where nothing was missed; what it names must be another there, and as it says.
 */
export function judgeFields(
  before: unknown,
  after: unknown,
  told: readonly Told[],
  { isSecret }: { readonly isSecret: boolean } = { isSecret: false },
): Rest {
  const rest: Rest = { before: [], after: [], faults: [] };
  const ways = told.map((one) => ({ told: one, left: one.path }));
  walk(before, after, ways, { ...rest, at: '', isSecret, masked: false });
  return rest;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function walk(before: unknown, after: unknown, ways: readonly Way[], to: Walk): void {
  const here = ways.filter(({ left }) => left === '').map(({ told }) => told);
  const whole = here.find(({ kind }) => kind === 'changed' || kind === 'content');
  if (whole !== undefined) {
    if (ways.length > 1) fault(to, 'is named as a whole and in parts');
    if (whole.kind === 'content') judgeContent(before, after, whole, to);
    else judgeChanged(before, after, whole, to);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) walkLists(before, after, ways, to);
  else if (isFields(before) && isFields(after)) walkFields(before, after, ways, to);
  else {
    for (const { told } of ways) fault(to, `has no ${told.path}`);
    write(to.before, to.at, before);
    write(to.after, to.at, after);
  }
}

function walkFields(before: Fields, after: Fields, ways: readonly Way[], to: Walk): void {
  const taken = new Set<Way>();
  to.before.push(`${to.at} {`);
  to.after.push(`${to.at} {`);
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const below = ways.flatMap((way) => {
      const left = afterField(way.left, name, to.at === '');
      if (left !== undefined) taken.add(way);
      return left === undefined ? [] : [{ told: way.told, left }];
    });
    const kept = to.isSecret && to.at === '' && (name === 'data' || name === 'stringData');
    const inside = { ...to, at: `${to.at}/${name}`, masked: to.masked || kept };
    const [was, is] = [Object.hasOwn(before, name), Object.hasOwn(after, name)];
    if (was && is) walk(before[name], after[name], below, inside);
    else if (was) walkOne('removed', before[name], below, inside);
    else walkOne('added', after[name], below, inside);
  }
  for (const way of ways) if (!taken.has(way)) fault(to, `has no ${way.left}`);
}

/** A field or an element that one side has: named as that, or it is written. */
function walkOne(kind: 'added' | 'removed', value: unknown, ways: readonly Way[], to: Walk): void {
  const [way, ...others] = ways;
  if (way === undefined) {
    write(kind === 'added' ? to.after : to.before, to.at, value);
    return;
  }
  const said = kind === 'added' ? way.told.after : way.told.before;
  if (others.length > 0) fault(to, 'is named more than once');
  if (way.told.kind !== kind || way.left !== '') fault(to, `is ${kind}, and told as ${way.told.kind}`);
  else if (!to.masked && !isDeepStrictEqual(said, plain(value)))
    fault(to, `is ${kind} with another value than is told`);
}

function walkLists(
  before: readonly unknown[],
  after: readonly unknown[],
  ways: readonly Way[],
  to: Walk,
): void {
  to.before.push(`${to.at} [`);
  to.after.push(`${to.at} [`);
  const order = ways.find(({ told, left }) => left === '' && told.kind === 'order')?.told;
  const below = ways.filter(({ left }) => left !== '');
  if (order === undefined && below.length === 0) {
    for (const [place, value] of before.entries()) write(to.before, `${to.at}/${place}`, value);
    for (const [place, value] of after.entries()) write(to.after, `${to.at}/${place}`, value);
  } else if (below.some(({ left }) => /^\[\d+\]/.test(left))) walkPlaces(before, after, below, to);
  else walkItems(before, after, below, order, to);
}

/** Elements by their places: what is not told as come or gone corresponds in order. */
function walkPlaces(
  before: readonly unknown[],
  after: readonly unknown[],
  ways: readonly Way[],
  to: Walk,
): void {
  const placed = ways.map((way) => {
    const [whole = '', place] = /^\[(\d+)\]/.exec(way.left) ?? [];
    return { told: way.told, left: way.left.slice(whole.length), place: Number(place) };
  });
  const at = (kind: Told['kind']) =>
    new Map(
      placed
        .filter((one) => one.left === '' && one.told.kind === kind)
        .map((one) => [one.place, one] as const),
    );
  const [gone, come] = [at('removed'), at('added')];
  for (const [place, way] of gone)
    walkOne('removed', before[place], [way], { ...to, at: `${to.at}/${place}` });
  for (const [place, way] of come) walkOne('added', after[place], [way], { ...to, at: `${to.at}/${place}` });
  const was = [...before.keys()].filter((place) => !gone.has(place));
  const is = [...after.keys()].filter((place) => !come.has(place));
  if (was.length !== is.length) fault(to, `has ${is.length} elements left of ${was.length}`);
  const others = placed.filter(({ left, told }) => left !== '' || !['added', 'removed'].includes(told.kind));
  const touched = new Set(others.map(({ place }) => place));
  for (const place of touched) if (!was.includes(place)) fault(to, `has no place ${place}`);
  for (const [index, place] of was.entries()) {
    const inside = { ...to, at: `${to.at}/${index}` };
    walk(
      before[place],
      after[is[index] ?? -1],
      others.filter((one) => one.place === place),
      inside,
    );
  }
  // As few as can be.
  const kept = longestCommon(before, after);
  if (gone.size + touched.size !== before.length - kept || come.size + touched.size !== after.length - kept)
    fault(to, `names more elements than are others`);
}

/** How many elements two lists have in common, in order. */
function longestCommon(before: readonly unknown[], after: readonly unknown[]): number {
  const texts = after.map((one) => JSON.stringify(one));
  let row = new Array<number>(after.length + 1).fill(0);
  for (const one of before) {
    const text = JSON.stringify(one);
    const next = [0];
    for (const [index, other] of texts.entries())
      next.push(text === other ? (row[index] ?? 0) + 1 : Math.max(next[index] ?? 0, row[index + 1] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Elements by what tells them apart. */
function walkItems(
  before: readonly unknown[],
  after: readonly unknown[],
  ways: readonly Way[],
  order: Told | undefined,
  to: Walk,
): void {
  const orders = [order?.before, order?.after] as (readonly Fields[] | undefined)[];
  const known = orders[0]?.[0];
  const names = known === undefined ? keysIn(ways, [...before, ...after]) : Object.keys(known);
  if (names === undefined) {
    for (const { left } of ways) fault(to, `has no element ${left}`);
    return;
  }
  const textOf = (element: unknown) =>
    `[${names.map((name) => `${name}=${String(deep(element, name))}`).join(',')}]`;
  const [was, is] = [before, after].map((side) => new Map(side.map((element) => [textOf(element), element])));
  if (was?.size !== before.length || is?.size !== after.length)
    fault(to, `has elements that ${names.join()} do not tell apart`);
  const taken = new Set<Way>();
  for (const text of [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort()) {
    const below = ways
      .filter(({ left }) => left.startsWith(text))
      .map((way) => {
        taken.add(way);
        return { told: way.told, left: way.left.slice(text.length) };
      });
    const inside = { ...to, at: `${to.at}${text}` };
    const [older, newer] = [was?.get(text), is?.get(text)];
    if (older !== undefined && newer !== undefined) walk(older, newer, below, inside);
    else if (older !== undefined) walkOne('removed', older, below, inside);
    else {
      walkOne('added', newer, below, inside);
      const at = below[0]?.told.at;
      if (at !== undefined && !Object.is(after[at], newer)) fault(inside, `does not come at ${at}`);
    }
  }
  for (const way of ways) if (!taken.has(way)) fault(to, `has no element ${way.left}`);
  const common = [before, after].map((side, index) =>
    side.map(textOf).filter((text) => (index === 0 ? is : was)?.has(text)),
  );
  if (order === undefined) {
    // Their order is not named, and so it belongs to what is left.
    to.before.push(`${to.at} in order ${common[0]?.join(' ')}`);
    to.after.push(`${to.at} in order ${common[1]?.join(' ')}`);
    return;
  }
  const told = orders.map((items) =>
    items?.map((item) => `[${names.map((name) => `${name}=${String(item[name])}`).join(',')}]`),
  );
  if (!isDeepStrictEqual(told, common)) fault(to, 'has another order than is told');
  if (isDeepStrictEqual(common[0], common[1])) fault(to, 'is told as in another order, and is not');
}

/** The fields that the paths know an element by, as the elements have them. */
function keysIn(ways: readonly Way[], elements: readonly unknown[]): string[] | undefined {
  for (const { left } of ways) {
    for (const element of elements) {
      const names = keysOf(left.slice(1), element);
      if (names !== undefined) return names;
    }
  }
  return undefined;
}

function keysOf(text: string, element: unknown): string[] | undefined {
  const name = /^([\w.-]+)=/.exec(text)?.[1];
  if (name === undefined) return undefined;
  const value = String(deep(element, name));
  const left = text.slice(name.length + 1);
  if (!left.startsWith(value)) return undefined;
  const [next, ...others] = left.slice(value.length);
  if (next === ']') return [name];
  const more = next === ',' ? keysOf(others.join(''), element) : undefined;
  return more === undefined ? undefined : [name, ...more];
}

const deep = (element: unknown, name: string): unknown =>
  name.split('.').reduce<unknown>((at, step) => (at as Fields | null | undefined)?.[step], element);

/** What is left of a path behind a field; undefined where it does not begin with it. */
function afterField(left: string, name: string, isFirst: boolean): string | undefined {
  const written = /^[\w-]+$/.test(name) ? `${isFirst ? '' : '.'}${name}` : `["${name}"]`;
  if (!left.startsWith(written)) return undefined;
  const rest = left.slice(written.length);
  return rest === '' || rest.startsWith('.') || rest.startsWith('[') ? rest : undefined;
}

function judgeChanged(before: unknown, after: unknown, told: Told, to: Walk): void {
  if (isDeepStrictEqual(before, after)) fault(to, 'is told as changed, and is not');
  if (to.masked) return;
  if (!isDeepStrictEqual(told.before, plain(before))) fault(to, 'was not what is told');
  if (!isDeepStrictEqual(told.after, plain(after))) fault(to, 'is not what is told');
}

/** A file inside a field: what it says is walked as any value. */
function judgeContent(before: unknown, after: unknown, told: Told, to: Walk): void {
  if (typeof before !== 'string' || typeof after !== 'string' || before === after) {
    fault(to, 'is told as a file that says something else, and is none');
    return;
  }
  const inner = judgeFields(read(told.format, before), read(told.format, after), told.changes ?? []);
  for (const one of inner.faults) fault(to, one);
  to.before.push(...inner.before.map((line) => `${to.at}: ${line}`));
  to.after.push(...inner.after.map((line) => `${to.at}: ${line}`));
}

function read(format: string | undefined, text: string): unknown {
  if (format === 'json') return JSON.parse(text);
  if (format === 'yaml') return parseYaml(text);
  let section = '';
  const lines = text.replaceAll('\\\n', '').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, head] = /^\s*\[(.+)\]\s*$/.exec(line) ?? [];
      if (head !== undefined) section = `[${head}] `;
      const [, name, value] = /^\s*([^\s=:#;!]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
      return head !== undefined || name === undefined ? [] : [[`${section}${name}`, value]];
    }),
  );
}

/** As it comes out of JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function fault({ at, faults }: Walk, what: string): void {
  faults.push(`${at === '' ? 'the object' : at} ${what}`);
}

/** A value in lines, with the path of each. */
function write(lines: string[], at: string, value: unknown): void {
  if (Array.isArray(value)) {
    lines.push(`${at} [`);
    for (const [place, one] of value.entries()) write(lines, `${at}/${place}`, one);
  } else if (isFields(value)) {
    lines.push(`${at} {`);
    for (const name of Object.keys(value).sort()) write(lines, `${at}/${name}`, value[name]);
  } else lines.push(`${at} ${JSON.stringify(value)}`);
}
