import { contextOf, judge, type KubernetesObject, UsageError } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Images, pinnedImages, readImages } from '../../facts/index.ts';
import { folderWith } from '../harness/folder.ts';
import { environment } from '../validators/rules/judged.ts';

const images: Images = {
  published: { busybox: ['1.37.0'], 'ghcr.io/team/tool': ['v1', 'v2'] },
  built: { 'shop-api': { system: 'shop', context: '.', dockerfile: 'Dockerfile' } },
};

function told(image: string, secrets: 'committed' | 'external', kind = 'Deployment'): string | undefined {
  const template = { spec: { containers: [{ name: 'a', image }] } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  const apiVersion = kind.endsWith('Job') ? 'batch/v1' : 'apps/v1';
  const object: KubernetesObject = { apiVersion, kind, metadata: { name: 'a' }, spec };
  const rule = pinnedImages(images);
  const context = contextOf('kind/shop', 'shop', { ...environment, secrets }, [object]);
  return judge(context, [rule]).findings[0]?.message;
}

const digest = `sha256:${'0'.repeat(64)}`;

for (const [image, laptop, production] of [
  ['busybox:1.37.0', undefined, undefined],
  [`busybox:1.37.0@${digest}`, undefined, undefined],
  ['busybox:1.36.0', 'is not at a tag that base/images.yaml pins (1.37.0)', 'is not at a tag'],
  ['busybox', 'is not at a tag that', 'is not at a tag that'],
  ['busybx:1.37.0', 'does not stand in base/images.yaml (did you mean "busybox"?)', 'does not stand'],
  ['ghcr.io/team/tool:v2', undefined, undefined],
  ['registry.example.com:5000/busybox:1.37.0', 'does not stand in base/images.yaml', 'does not stand'],
  ['shop-api:latest', undefined, 'is not pinned'],
  ['shop-api', 'laptops run it as shop-api:latest', 'is not pinned'],
  ['shop-api:1.0.0', 'laptops run it as shop-api:latest', undefined],
  ['registry.example.com/team/shop-api:1.0.0', 'does not stand in base/images.yaml', undefined],
  ['registry.example.com:5000/shop-api:1.0.0', 'does not stand in base/images.yaml', undefined],
  [`registry.example.com/shop-api@${digest}`, 'does not stand in base/images.yaml', undefined],
] as const) {
  test(`${image} is ${laptop === undefined ? 'right' : 'wrong'} on a laptop, ${production === undefined ? 'right' : 'wrong'} in production`, () => {
    for (const [secrets, expected] of [
      ['committed', laptop],
      ['external', production],
    ] as const) {
      if (expected === undefined) assert.is(told(image, secrets), undefined);
      else assert.match(told(image, secrets) ?? 'nothing', expected);
    }
  });
}

test('the pods of every workload are looked at', () => {
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']) {
    assert.ok(told('other:1', 'committed', kind), kind);
  }
  assert.is(told('other:1', 'committed', 'ConfigMap'), undefined);
});

test('a file without its two maps is refused', async () => {
  await using folder = await folderWith({ 'base/images.yaml': 'published: {}\nbuilt: {}\n' });
  assert.equal(await readImages(folder.path), { published: {}, built: {} });
  for (const text of ['published: {}\n', '~\n']) {
    await folder.write('base/images.yaml', text);
    await readImages(folder.path).then(
      () => assert.unreachable(),
      (error: Error) => assert.instance(error, UsageError),
    );
  }
});

test.run();
