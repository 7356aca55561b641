import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isKubernetesObject, type RenderedObject, readRendered } from '../../../validators/render/objects.ts';
import { parseYaml } from '../../../validators/render/yaml.ts';
import { verdictsOf } from '../../../validators/schemas/kubeconform.ts';
import { surelyFits } from '../../../validators/schemas/surely-fits.ts';
import { folderWith } from '../../harness/folder.ts';

const folder = join(import.meta.dirname, 'fixtures');
const kubeconform = process.env.KUBECONFORM ?? 'kubeconform';

/** How many texts are spoilt in each way. */
const spoilt = 4000;

async function objectsOf(kind: 'good' | 'bad'): Promise<Map<string, RenderedObject[]>> {
  const files = (await Array.fromAsync(glob('*.yaml', { cwd: join(folder, kind) }))).toSorted();
  const read = new Map<string, RenderedObject[]>();
  for (const file of files) {
    const text = await readFile(join(folder, kind, file), 'utf8');
    // A key that stands twice is refused by whoever parses it.
    if (file !== 'duplicate-key.yaml') read.set(file, readRendered(text, new Map()));
  }
  return read;
}

const good = [...(await objectsOf('good')).values()].flat();

test('nearly every good example surely fits', () => {
  const doubted = good.filter((object) => !surelyFits(object)).map(({ object }) => object.kind);
  assert.equal(doubted, ['CustomResourceDefinition', 'Gateway']);
});

for (const [file, objects] of await objectsOf('bad')) {
  test(`${file} is doubted`, () => {
    assert.not.ok(objects.some(surelyFits));
  });
}

for (const [what, text] of [
  ['a tab', 'data: { a: "x\ty" }'],
  ['a lone carriage return', 'data: { a: "x\r  y" }'],
  ['a line end of Unicode', 'data: { a: "x\u2028y" }'],
  ['half of a character', 'data: { a: "\\ud800" }'],
  ['a number that is none', 'data: { a: .inf }'],
  ['a key that is null', 'data: { ~: a }'],
  ['a merged key', 'data: { <<: { a: b } }'],
  ['an anchor', 'data: { a: &a b }'],
  ['a tag', 'data: { a: !!str 5 }'],
  ['a name that is made later', 'metadata: { name: a, generateName: b }'],
] as const) {
  test(`${what} is doubted, whatever it is taken for`, () => {
    const metadata = text.startsWith('metadata') ? '' : 'metadata: { name: a }\n';
    const [object] = readRendered(`apiVersion: v1\nkind: ConfigMap\n${metadata}${text}\n`, new Map());
    assert.not.ok(object === undefined || surelyFits(object));
  });
}

/** Numbers from 0 to 1 that are the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const scalars =
  "yes|y|on|~|null||0755|0o755|0x1f|0b1|1_000|1e3|1.0|.5|-.inf|.nan|22:30|2001-01-01|'1'|{}|[]|{a: 1}|[1, null]|-1|99999999999999999999|1.5|True|é|>-|a: b|- x|=|<|!|&a b|*a|@x|%x|-|?|10Gi|10GB|+1|1.|08|Allow|a #b|😀".split(
    '|',
  );
const keys =
  'x|null|~|true|1|1.0|yes|""|[a]|{a: b}|constructor|__proto__|é|0x10|.inf|2001-01-01|? a|a b'.split('|');
const inserts = [
  ...'  :#"\'-{}[],&*!|>%',
  ': ',
  ' #',
  '- ',
  '\t',
  '\r',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\ufeff',
];

/** A text with one line that somebody wrote wrong. */
function spoiltText(text: string, random: () => number): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  const lines = text.split('\n');
  const at = Math.floor(random() * lines.length);
  const line = lines[at] ?? '';
  const [, indent = '', key = '', value = ''] = /^(\s*(?:- )*)([^:\s]+):(?: (.*))?$/.exec(line) ?? [];
  const way = random();
  if (key !== '' && way < 0.4) lines[at] = `${indent}${key}: ${pick(scalars)}`;
  else if (key !== '' && way < 0.6) lines[at] = `${indent}${pick(keys)}: ${value}`;
  else if (key !== '' && way < 0.7) lines.splice(at, 0, `${indent}${pick(keys)}: ${pick(scalars)}`);
  else if (way < 0.75) lines.splice(at, 1);
  else {
    const place = Math.floor(random() * (line.length + 1));
    lines[at] = line.slice(0, place) + pick(inserts) + line.slice(place + (random() < 0.5 ? 1 : 0));
  }
  return lines.join('\n');
}

/** A text of an object in which one value is another, is gone, or has another name. */
function spoiltValue(text: string, random: () => number): string {
  const pick = <Item>(list: readonly Item[]) => list[Math.floor(random() * list.length)] as Item;
  const object = parseYaml(text) as object;
  const places: [Record<string, unknown>, string][] = [];
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, below] of Object.entries(value)) {
      places.push([value as Record<string, unknown>, key]);
      visit(below);
    }
  };
  visit(object);
  const [holder, key] = pick(places);
  const values = [
    null,
    true,
    0,
    -1,
    1.5,
    1e20,
    '',
    'x',
    '10Gi',
    '10GB',
    {},
    [],
    { a: 1 },
    [null],
    'Allow',
    65536,
  ];
  const way = random();
  if (way < 0.5) holder[key] = pick(values);
  else if (way < 0.7) holder[pick(['x', 'name', 'data', 'type', 'constructor'])] = pick(values);
  else {
    if (way < 0.85) holder[`${key}x`] = holder[key];
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  }
  return JSON.stringify(object);
}

for (const [what, spoil] of [
  ['a text', spoiltText],
  ['a value', spoiltValue],
] as const) {
  test(`what surely fits after ${what} was spoilt, kubeconform takes too`, async () => {
    const random = chance(7);
    const sure = new Map<string, RenderedObject>();
    for (let count = 0; count < spoilt; count += 1) {
      const { text: whole } = good[Math.floor(random() * good.length)] as RenderedObject;
      const text = spoil(whole, random);
      let object: unknown;
      try {
        object = parseYaml(text);
      } catch {
        continue;
      }
      const digest = createHash('sha256').update(text).digest('hex');
      const rendered = { object, text, digest } as RenderedObject;
      if (isKubernetesObject(object) && surelyFits(rendered)) sure.set(digest, rendered);
    }
    assert.ok(sure.size > spoilt / 10, `only ${sure.size} of them surely fit`);
    await using scratch = await folderWith();
    const verdicts = await verdictsOf([...sure.values()], { kubeconform, scratch: scratch.path, workers: 2 });
    const refused = [...sure.values()].filter(({ digest }) => verdicts.get(digest)?.status !== 'statusValid');
    assert.equal(
      refused.map(({ text, digest }) => `${verdicts.get(digest)?.msg}\n${text}`),
      [],
    );
  });
}

test.run();
