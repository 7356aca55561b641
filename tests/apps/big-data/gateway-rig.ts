import { renderSystem } from '../../../trial/overlay/system.ts';
import { freePort } from '../../../trial/process/free-port.ts';
import { lastWords } from '../../../trial/process/start.ts';
import type { Kafka } from '../../../trial/services/kafka.ts';
import { startKraft } from '../../../trial/services/kafka-kraft.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { type RunningWorker, startWorker } from '../../../trial/worker.ts';
import { root } from '../../house/repository.ts';
import { type InTopic, readTopic } from './topic.ts';

/** The kustomize that the runner found. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

/** Kafka with its topics as the overlay of kind has them, for one test file. */
export interface Rig {
  readonly trial: Trial;
  readonly kafka: Kafka;
  /** Everything in the topic so far. */
  readonly topic: () => Promise<InTopic[]>;
}

export async function openRig(): Promise<Rig> {
  const trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'big-data'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    const kafka = await startKraft(trial);
    await kafka.makeTopics();
    return { trial, kafka, topic: () => readTopic(kafka.address, 'events') };
  } catch (error) {
    await trial.close();
    throw error;
  }
}

/** A replica of the gateway, as the overlay starts it. */
export interface Gateway {
  readonly url: string;
  readonly worker: RunningWorker;
}

let runs = 0;

export async function startGateway(
  { trial }: Pick<Rig, 'trial'>,
  env: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  runs += 1;
  const port = await freePort();
  const worker = await startWorker(trial, {
    workload: 'Deployment/producer-gateway',
    label: `run${runs}`,
    // A pod has a port of its own; a test does not wait for a Service.
    env: { HTTP_ADDRESS: `127.0.0.1:${port}`, DRAIN_SECONDS: '0', ...env },
  });
  await until(
    async () => {
      if (worker.state() !== undefined) throw new Error(lastWords(worker));
      return (await fetch(`${worker.metrics}/readyz`)).ok;
    },
    { deadline: 60_000, what: 'the gateway' },
  );
  return { url: `http://127.0.0.1:${port}`, worker };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks at, it knows
  readonly body: any;
}

/** Sends a body as it is, or any other value as JSON. */
export async function post(
  { url }: Pick<Gateway, 'url'>,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}

/** One event a line. */
export const ndjson = { 'content-type': 'application/x-ndjson' };
