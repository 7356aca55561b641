import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyChanges } from '../../validators/diff/apply.ts';
import { compareValues } from '../../validators/diff/compare.ts';
import { changeLines } from '../../validators/diff/lines.ts';

/** The lines of a difference, which makes the newer value of the older one. */
function told(before: unknown, after: unknown): string[] {
  const changes = compareValues(before, after);
  assert.equal(applyChanges(before, changes), after);
  return changes.flatMap((change) => changeLines(change)).map(({ mark, text }) => `${mark} ${text}`);
}

const pod = (spec: object) => ({ spec: { template: { spec } } });
const container = (fields: object) => pod({ containers: [{ name: 'api', ...fields }] });

test('elements are compared by what tells them apart, wherever they stand', () => {
  const before = container({
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
  });
  const after = container({
    env: [
      { name: 'C', value: '3' },
      { name: 'A', value: '0' },
    ],
  });
  const env = 'spec.template.spec.containers[name=api].env';
  assert.equal(told(before, after), [
    `~ ${env}[name=A].value: 1 → 0`,
    `- ${env}[name=B]: {"name":"B","value":"2"}`,
    `+ ${env}[name=C]: {"name":"C","value":"3"}`,
  ]);
});

test('another order is told as such, since variables and init containers go by it', () => {
  const [a, b, c] = ['wait-for-kafka', 'wait-for-schema', 'migrate'].map((name) => ({ name }));
  assert.equal(told(pod({ initContainers: [a, b] }), pod({ initContainers: [b, c, a] })), [
    '+ spec.template.spec.initContainers[name=migrate]: {"name":"migrate"}',
    '~ spec.template.spec.initContainers: in another order, wait-for-schema, wait-for-kafka',
  ]);
});

test('ports of one number and two protocols, claims by the name below metadata, mounts by their path', () => {
  const udp = { port: 53, protocol: 'UDP', targetPort: 53 };
  const tcp = { port: 53, protocol: 'TCP', targetPort: 53 };
  assert.equal(told({ ports: [udp, tcp] }, { ports: [udp, { ...tcp, targetPort: 5353 }] }), [
    '~ ports[port=53,protocol=TCP].targetPort: 53 → 5353',
  ]);
  const claim = (name: string, size: string) => ({ metadata: { name }, spec: { size } });
  const claims = (...all: object[]) => ({ spec: { volumeClaimTemplates: all } });
  assert.equal(told(claims(claim('log', '1'), claim('data', '1')), claims(claim('data', '2'))), [
    '- spec.volumeClaimTemplates[metadata.name=log]: {"metadata":{"name":"log"},"spec":{"size":"1"}}',
    '~ spec.volumeClaimTemplates[metadata.name=data].spec.size: 1 → 2',
  ]);
  const mount = (mountPath: string, subPath?: string) => ({ mountPath, ...(subPath ? { subPath } : {}) });
  assert.equal(told({ volumeMounts: [mount('/a')] }, { volumeMounts: [mount('/b'), mount('/a', 'x')] }), [
    '+ volumeMounts[mountPath=/a].subPath: x',
    '+ volumeMounts[mountPath=/b]: {"mountPath":"/b"}',
  ]);
});

test('where nothing tells elements apart, what stays in order is not told', () => {
  const args = (...list: string[]) => container({ args: list });
  const path = 'spec.template.spec.containers[name=api].args';
  assert.equal(told(args('a', 'b', 'c', 'd'), args('a', 'x', 'c', 'd', 'e')), [
    `~ ${path}[1]: b → x`,
    `+ ${path}[4]: e`,
  ]);
  assert.equal(told(args('a', 'b', 'c'), args('c')), [`- ${path}[0]: a`, `- ${path}[1]: b`]);
  // Two of one name are told by their place.
  const twice = [
    { name: 'a', value: '1' },
    { name: 'a', value: '2' },
  ];
  assert.equal(told({ env: twice }, { env: [twice[1]] }), ['- env[0]: {"name":"a","value":"1"}']);
});

test('the same amount in another form is told as the same', () => {
  const limits = (cpu: string | number, memory: string) =>
    container({ resources: { limits: { cpu, memory } } });
  const path = 'spec.template.spec.containers[name=api].resources.limits';
  assert.equal(told(limits('1000m', '1Gi'), limits(1, '1025Mi')), [
    `~ ${path}.cpu: 1000m → 1 (the same quantity)`,
    `~ ${path}.memory: 1Gi → 1025Mi`,
  ]);
  assert.equal(told({ spec: { duration: '90m' } }, { spec: { duration: '1h30m' } }), [
    '~ spec.duration: 90m → 1h30m (the same duration)',
  ]);
  // What a program makes of a text is its own business.
  assert.equal(told(container({ args: ['90s'] }), container({ args: ['1m30s'] })), [
    '~ spec.template.spec.containers[name=api].args[0]: 90s → 1m30s',
  ]);
});

test('of long values the part that is another is told, wherever it is', () => {
  const args = (arg: string) => container({ args: [arg] });
  const [line] = told(
    args(`${'a'.repeat(200)}1${'b'.repeat(200)}`),
    args(`${'a'.repeat(200)}2${'b'.repeat(200)}`),
  );
  const [a, b] = ['a'.repeat(30), 'b'.repeat(30)];
  assert.is(line, `~ spec.template.spec.containers[name=api].args[0]: …${a}1${b}… → …${a}2${b}…`);
  const [more] = told(args('a'.repeat(200)), args(`${'a'.repeat(200)}${'c'.repeat(300)}`));
  assert.is(
    more,
    `~ spec.template.spec.containers[name=api].args[0]: …${a} → …${a}${'c'.repeat(90)}… (330 characters)`,
  );
});

test('files are compared by what they say', () => {
  const file = (name: string, text: string) => ({ kind: 'ConfigMap', data: { [name]: text } });
  const pairs = [
    [
      'app.json',
      '{"a": {"b": 1, "c": [1]}}',
      '{\n  "a": {"c": [1], "b": 2}\n}\n',
      '~ data["app.json"] a.b: 1 → 2',
    ],
    ['app.yaml', '# old\na:\n  b: 1\n', 'a: {b: 2} # new\n', '~ data["app.yaml"] a.b: 1 → 2'],
    [
      'server.properties',
      'a.b=1\n# c\nd = x y\n',
      'd=x y\na.b=2\n',
      '~ data["server.properties"] ["a.b"]: 1 → 2',
    ],
    ['a.ini', '[one]\nx=1\n[two]\nx=1\n', '[one]\nx=1\n\n[two]\nx=2\n', '~ data["a.ini"] ["[two] x"]: 1 → 2'],
  ] as const;
  for (const [name, before, after, line] of pairs)
    assert.equal(told(file(name, before), file(name, after)), [line], name);
  assert.equal(told(file('app.yaml', 'a: 1\n# x\n'), file('app.yaml', 'a: 1\n')), [
    '~ data["app.yaml"]: says the same, written in another way',
  ]);
});

test('what readers may take for the same or for another is told as it is written', () => {
  const file = (name: string, text: string) => ({ data: { [name]: text } });
  const pairs = [
    ['a.yaml', 'version: 1.10', 'version: 1.1'],
    ['a.yaml', 'enabled: yes', 'enabled: true'],
    ['a.yaml', 'mode: 0755', 'mode: 493'],
    ['a.yaml', 'id: 12345678901234567891', 'id: 12345678901234567892'],
    ['a.json', '{"id": 12345678901234567891}', '{"id": 12345678901234567892}'],
  ] as const;
  for (const [name, before, after] of pairs) {
    assert.equal(
      told(file(name, `${before}\n`), file(name, `${after}\n`)),
      [`~ data["${name}"]:`, `-     ${before}`, `+     ${after}`],
      before,
    );
  }
  const path = '~ data["a.yaml"]';
  assert.equal(told(file('a.yaml', 'v: 1.0\n'), file('a.yaml', 'v: 1.5\n')), [`${path} v: 1 → 1.5`]);
  assert.equal(told(file('a.yaml', 'a: yes\n'), file('a.yaml', 'a: "yes"\n')), [`${path} a: true → "yes"`]);
  assert.equal(told(file('a.yaml', "a: b\nc: '1'\n"), file('a.yaml', 'c: "1"\na: "b"\n')), [
    `${path}: says the same, written in another way`,
  ]);
});

test('a text of lines by those that differ, and so a file that is not of its form', () => {
  const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n';
  const after = before.replace('two', '2').replace('eight', '8');
  const lines = [
    '~ data["a.yaml"]:',
    ...[
      '      one',
      '-     two',
      '+     2',
      '      three',
      '      ...',
      '      seven',
      '-     eight',
      '+     8',
    ],
  ];
  const broken = (text: string) => ({ data: { 'a.yaml': `: {\n${text}` } });
  assert.equal(told(broken(before), broken(after))[0], lines[0]);
  assert.equal(
    told({ data: { 'a.yaml': `x: {\n${before}` } }, { data: { 'a.yaml': `x: {\n${after}` } }).slice(1),
    lines.slice(1),
  );
});

test('fields that come and go, nothing and null, and other types', () => {
  assert.equal(told({ a: null, b: 1, c: [] }, { b: '1', c: {}, d: null }), [
    '- a: null',
    '~ b: 1 → "1"',
    '~ c: [] → {}',
    '+ d: null',
  ]);
  assert.equal(told({ a: 1 }, { a: 1 }), []);
});

test.run();
