import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkEvent } from '../../../apps/big-data/event/index.ts';
import { linesOf } from '../../../apps/big-data/generator/index.ts';
import { root } from '../../house/repository.ts';

interface Reply {
  readonly status: number;
  readonly retryAfter?: number;
}

/** A gateway that answers as it is told, by the number of the request; by default as the real one would. */
async function openGateway(answer: (request: number) => Reply | undefined) {
  const taken: { id: string; session: string }[] = [];
  const times: number[] = [];
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    times.push(performance.now());
    const reply = answer(times.length - 1);
    const lines = Buffer.concat(parts).toString().trimEnd().split('\n');
    const wrong = lines.flatMap((line, index) =>
      isEvent(line) ? [] : [{ index, pointer: '', message: '' }],
    );
    const status = reply?.status ?? (wrong.length > 0 ? 422 : 202);
    if (status === 202) taken.push(...lines.map((line) => JSON.parse(line)));
    const headers = reply?.retryAfter === undefined ? {} : { 'retry-after': String(reply.retryAfter) };
    response.writeHead(status, headers).end(JSON.stringify(status === 422 ? { errors: wrong } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, taken, times },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function isEvent(line: string): boolean {
  try {
    return checkEvent(JSON.parse(line), Date.now()) === undefined;
  } catch {
    return false;
  }
}

/** Runs the command itself. */
function generate(...args: string[]): Promise<{ status: number | null; out: string; error: string }> {
  return new Promise((resolve, reject) => {
    const command = ['--disable-warning=ExperimentalWarning', join(root, 'scripts/generate.ts'), ...args];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let [out, error] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      error += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, error }));
  });
}

const start = '2026-03-02T12:00:00.000Z';
const run = { seed: 5, rate: 300, speed: 1, start: Date.parse(start), steady: true, duration: 1 };
const args = [
  '--seed',
  '5',
  '--rate',
  '300',
  '--start',
  start,
  '--steady',
  '--duration',
  '1',
  '--batch',
  '40',
];
const lines = [...linesOf({ ...run, late: 0, malformed: 0 })];
const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id).sort();
const wanted = lines.map(({ text }) => JSON.parse(text).id as string).sort();

test('what is acknowledged is counted, and is all of it, each session in its order', async () => {
  const gateway = await openGateway(() => undefined);
  const { status, out, error } = await generate('--url', gateway.url, ...args);
  gateway.close();
  assert.is(status, 0, error);
  assert.match(
    out,
    `made ${wanted.length}, acknowledged ${wanted.length}, refused 0, unacknowledged 0, retries 0`,
  );
  assert.equal(idsOf(gateway.taken), wanted);
  const ordered = (events: readonly { id: string; session: string }[]) =>
    [...Map.groupBy(events, ({ session }) => session)]
      .map(([, own]) => own.map(({ id }) => id).join())
      .sort();
  assert.equal(ordered(gateway.taken), ordered(lines.map(({ text }) => JSON.parse(text))));
});

test('after 503 it comes back when Retry-After says, with the same events, and none is lost or doubled', async () => {
  const gateway = await openGateway((request) =>
    request === 0 ? { status: 503, retryAfter: 1 } : undefined,
  );
  const { status, out, error } = await generate('--url', gateway.url, ...args, '--lanes', '1');
  gateway.close();
  assert.is(status, 0, error);
  const [first = 0, second = 0] = gateway.times;
  assert.ok(second - first >= 1000, `came back after ${second - first} ms`);
  assert.match(out, 'retries 1');
  assert.equal(idsOf(gateway.taken), wanted);
});

test('an answer that passes is tried again with waits of its own', async () => {
  const gateway = await openGateway((request) => (request < 3 ? { status: 500 } : undefined));
  const { status, out } = await generate('--url', gateway.url, ...args, '--lanes', '1');
  gateway.close();
  assert.is(status, 0);
  assert.match(out, 'retries 3');
  assert.equal(idsOf(gateway.taken), wanted);
});

test('spoilt events are refused and counted, and the rest of their batch is sent again without them', async () => {
  const gateway = await openGateway(() => undefined);
  const { status, out, error } = await generate('--url', gateway.url, ...args, '--malformed', '0.1');
  gateway.close();
  assert.is(status, 0, error);
  const spoilt = [...linesOf({ ...run, late: 0, malformed: 0.1 })].filter(
    ({ malformed }) => malformed,
  ).length;
  assert.ok(spoilt > 10);
  const good = wanted.length - spoilt;
  assert.match(out, `made ${wanted.length}, acknowledged ${good}, refused ${spoilt}, unacknowledged 0`);
  assert.is(gateway.taken.length, good);
});

test('one that gives up says how much is missing, and ends with 1', async () => {
  const gateway = await openGateway((request) => (request < 2 ? undefined : { status: 503, retryAfter: 1 }));
  const { status, out, error } = await generate('--url', gateway.url, ...args, '--patience', '1');
  gateway.close();
  assert.is(status, 1, error);
  assert.match(error, 'nothing was acknowledged for 1 s');
  const [, missing] = /unacknowledged (\d+)/.exec(out) ?? [];
  assert.ok(Number(missing) > 0, out);
});

test('a token that is wrong, a gateway that is not there and a wrong option end with 2 or 1, and say so', async () => {
  const gateway = await openGateway(() => ({ status: 401 }));
  const refused = await generate('--url', gateway.url, ...args);
  gateway.close();
  assert.is(refused.status, 2);
  assert.match(refused.error, 'answers 401');
  const nobody = await generate('--url', gateway.url, ...args, '--patience', '1');
  assert.is(nobody.status, 2);
  assert.match(nobody.error, 'port-forward svc/producer-gateway 8000:8000');
  const wrong = [
    ['--rate', '0'],
    ['--late', '2'],
    ['--start', 'noon'],
    ['--url', 'localhost'],
    ['--sead', '1'],
  ] as const;
  const answers = await Promise.all(wrong.map((given) => generate(...given)));
  for (const [index, [option]] of wrong.entries()) {
    const answer = answers[index];
    assert.equal([answer?.status, answer?.out], [2, '']);
    assert.match(answer?.error ?? '', option);
  }
  const help = await generate('--help');
  assert.is(help.status, 0);
  assert.match(help.out, '--malformed SHARE');
});

test.run();
