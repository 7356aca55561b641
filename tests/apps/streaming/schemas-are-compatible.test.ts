import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import avro from 'avsc';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { breaks } from '../../../apps/streaming/avro/compatibility.ts';
import { readVersions, schemaNames } from '../../../apps/streaming/avro/schemas.ts';
import { root } from '../../house/repository.ts';

const folder = join(root, 'apps/streaming/schemas');

/** What is wrong with the schemas of a folder: the file, the place in it, the rule, and the file that it cannot read. */
function incompatible(schemas: string): string[] {
  return schemaNames.flatMap((name) => {
    const versions = readVersions(name, schemas);
    return versions.flatMap((version, index) => [
      ...(version.version === index + 1
        ? []
        : [`${name}: version ${index + 1} is missing; versions are kept for ever`]),
      ...versions
        .slice(0, index)
        .flatMap((earlier) =>
          breaks(JSON.parse(version.text), JSON.parse(earlier.text)).map(
            ({ path, rule }) =>
              `${relative(schemas, version.file)} ${path}: ${rule} (${relative(schemas, earlier.file)})`,
          ),
        ),
    ]);
  });
}

test('every schema reads what every earlier version of it wrote', () => {
  assert.equal(incompatible(folder), []);
});

/** A copy of the schemas in which order/3.avsc is the newest order, changed. */
async function withThird(change: (schema: { fields: { name: string }[] }) => void): Promise<string[]> {
  const copy = await mkdtemp(join(tmpdir(), 'schemas-'));
  try {
    await cp(folder, copy, { recursive: true });
    const schema = JSON.parse(await readFile(join(folder, 'order/2.avsc'), 'utf8'));
    change(schema);
    await writeFile(join(copy, 'order/3.avsc'), JSON.stringify(schema));
    return incompatible(copy);
  } finally {
    await rm(copy, { recursive: true });
  }
}

test('a field that was added without a default is told with its file and its rule', async () => {
  const rule = 'a field that was added needs a default, for records that do not have it';
  assert.equal(await withThird(({ fields }) => fields.push({ name: 'voucher', type: 'string' } as never)), [
    `order/3.avsc Order.voucher: ${rule} (order/1.avsc)`,
    `order/3.avsc Order.voucher: ${rule} (order/2.avsc)`,
  ]);
});

test('a default that only earlier versions lack is missed for those: each is held against all', async () => {
  const found = await withThird(({ fields }) => {
    const channel = fields.find(({ name }) => name === 'channel') as { default?: string };
    delete channel.default;
  });
  assert.equal(found, [
    'order/3.avsc Order.channel: a field that was added needs a default, for records that do not have it (order/1.avsc)',
  ]);
});

test('a type that changed is told', async () => {
  const found = await withThird(({ fields }) => {
    Object.assign(fields.find(({ name }) => name === 'quantity') ?? {}, { type: 'string' });
  });
  assert.is(found.length, 2);
  assert.match(found[0] ?? '', 'order/3.avsc Order.quantity: the type changed from int to string');
});

test('a version that was removed is told', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'schemas-'));
  try {
    await cp(folder, copy, { recursive: true });
    await rm(join(copy, 'order/1.avsc'));
    assert.equal(incompatible(copy), ['order: version 1 is missing; versions are kept for ever']);
  } finally {
    await rm(copy, { recursive: true });
  }
});

const record = (...fields: readonly object[]) => ({ type: 'record', name: 'R', fields });
const field = (type: unknown, more: object = {}) => ({ name: 'f', type, ...more });
const colours = (symbols: readonly string[], more: object = {}) => ({
  type: 'enum',
  name: 'Colour',
  symbols,
  ...more,
});

/** Reader, writer, and whether the one reads what the other wrote: the cases of Avro's specification. */
const pairs: readonly (readonly [string, object, object, boolean])[] = [
  ['the same', record(field('int')), record(field('int')), true],
  ['int read as long', record(field('long')), record(field('int')), true],
  ['int read as double', record(field('double')), record(field('int')), true],
  ['long read as int', record(field('int')), record(field('long')), false],
  ['double read as float', record(field('float')), record(field('double')), false],
  ['string read as bytes', record(field('bytes')), record(field('string')), true],
  ['a removed field', record(), record(field('int')), true],
  ['an added field', record(field('int')), record(), false],
  ['an added field with a default', record(field('int', { default: 1 })), record(), true],
  [
    'a renamed field with an alias',
    record({ ...field('int'), name: 'g', aliases: ['f'] }),
    record(field('int')),
    true,
  ],
  ['made optional', record(field(['null', 'int'])), record(field('int')), true],
  ['not optional any more', record(field('int')), record(field(['null', 'int'])), false],
  ['a branch more', record(field(['null', 'int', 'string'])), record(field(['null', 'int'])), true],
  ['a branch less', record(field(['null', 'int'])), record(field(['null', 'int', 'string'])), false],
  ['a symbol more', record(field(colours(['A', 'B']))), record(field(colours(['A']))), true],
  ['a symbol less', record(field(colours(['A']))), record(field(colours(['A', 'B']))), false],
  [
    'an array of longs',
    record(field({ type: 'array', items: 'long' })),
    record(field({ type: 'array', items: 'int' })),
    true,
  ],
  [
    'an array of texts',
    record(field({ type: 'array', items: 'string' })),
    record(field({ type: 'array', items: 'int' })),
    false,
  ],
  [
    'a map',
    record(field({ type: 'map', values: 'int' })),
    record(field({ type: 'map', values: 'long' })),
    false,
  ],
  [
    'another size',
    record(field({ type: 'fixed', name: 'F', size: 4 })),
    record(field({ type: 'fixed', name: 'F', size: 8 })),
    false,
  ],
  [
    'another name',
    record(field({ ...record(), name: 'A' })),
    record(field({ ...record(), name: 'B' })),
    false,
  ],
  [
    'a time is a long',
    record(field('long')),
    record(field({ type: 'long', logicalType: 'timestamp-millis' })),
    true,
  ],
];

for (const [what, reader, writer, reads] of pairs) {
  test(`${what}: ${reads ? 'is read' : 'is refused'}, as by the library`, () => {
    assert.is(breaks(reader as never, writer as never).length === 0, reads);
    const byLibrary = () => {
      const type = avro.Type.forSchema(reader as avro.Schema);
      type.createResolver(avro.Type.forSchema(writer as avro.Schema));
    };
    if (reads) byLibrary();
    else assert.throws(byLibrary);
  });
}

test('a schema that names itself is compared to its end', () => {
  const tree = (value: string) => ({
    type: 'record',
    name: 'Tree',
    fields: [
      { name: 'value', type: value },
      { name: 'branches', type: { type: 'array', items: 'Tree' } },
    ],
  });
  assert.equal(breaks(tree('long'), tree('int')), []);
  assert.is(breaks(tree('int'), tree('long')).length, 1);
});

test.run();
