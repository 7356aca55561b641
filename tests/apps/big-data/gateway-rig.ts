import { type RunningGateway, startGateway as start } from '../../../trial/big-data.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import type { Kafka } from '../../../trial/services/kafka.ts';
import { startKraft } from '../../../trial/services/kafka-kraft.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
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
export type Gateway = RunningGateway;

let runs = 0;

export function startGateway(
  { trial }: Pick<Rig, 'trial'>,
  env: Readonly<Record<string, string>> = {},
  command?: (command: readonly string[]) => readonly string[],
): Promise<Gateway> {
  runs += 1;
  return start(trial, { label: `run${runs}`, env, ...(command === undefined ? {} : { command }) });
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
