import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { feastflowGuide } from '../cluster/harness/feastflow-guide.ts';

test("what the cluster's test runs of the guide is nothing that only production has", async () => {
  const { ofProduction, lines } = await feastflowGuide();
  assert.is(ofProduction, 1);
  for (const line of lines) assert.not.match(line, /production|argocd|postgres-1|externalsecrets|localhost/);
  assert.ok(lines.length >= 35, `${lines.length} commands`);
});

test("what the cluster's test asks through a forward stands in the guide", async () => {
  const { commands } = await feastflowGuide();
  const asked = commands.filter((line) => line.startsWith('curl ') && line.includes('localhost:5000'));
  assert.is(asked.length, 3);
  assert.ok(
    commands.some((line) => /^kubectl port-forward .* service\/feastflow-backend 5000:5000$/.test(line)),
  );
});

test.run();
