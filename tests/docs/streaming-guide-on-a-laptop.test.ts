import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { streamingGuide } from '../cluster/harness/streaming-guide.ts';

test("what the cluster's test runs of the guide is nothing that only production has", async () => {
  const { ofProduction, lines } = await streamingGuide();
  assert.is(ofProduction, 3);
  for (const line of lines) assert.not.match(line, /production|argocd|9091|client\.properties/);
  assert.ok(lines.length >= 25, `${lines.length} commands`);
});

test.run();
