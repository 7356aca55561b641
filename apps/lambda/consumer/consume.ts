import { randomUUID } from 'node:crypto';
import { backoff, type Log, type Progress, type Traces } from '@plumbline/kit';
import { joinGroup, type Member, openReader, TopicRemade } from '@plumbline/kit/kafka';
import { type Pool, sqlState } from '@plumbline/kit/postgres';
import { createBell } from './bell.ts';
import { PartitionsAdded } from './growth.ts';
import type { ConsumerMetrics } from './metrics.ts';
import { runSession } from './session.ts';

export interface ConsumeOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  readonly batchRows: number;
  readonly batchMilliseconds: number;
  readonly sessionSeconds: number;
  readonly topicCheckSeconds: number;
  readonly pool: Pool;
  readonly log: Log;
  readonly metrics: ConsumerMetrics;
  readonly progress: Progress;
  readonly traces: Traces;
  readonly signal: AbortSignal;
  readonly onReady: (ready: boolean) => void;
}

/** What is held in memory: this much being stored, and as much being read. */
const maxBytes = 4 << 20;
const partitionBytes = 1280 << 10;
/** The broker answers at once when it has so much, and else after `batchMilliseconds`. */
const minBytes = 64 << 10;

/**
 * Consumes until the signal is aborted: joins, reads, stores; and begins again, with growing waits, when the broker
 * goes away. @throws TopicRemade: going on would skip or repeat records, so a person decides.
 */
export async function consume(options: ConsumeOptions): Promise<void> {
  const { log, metrics, progress, signal, topic } = options;
  const waits = backoff();
  while (!signal.aborted) {
    let member: Member | undefined;
    const bell = createBell();
    try {
      member = await joinGroup({
        brokers: options.brokers,
        topic,
        group: options.group,
        clientId: `lambda-consumer-${randomUUID().slice(0, 8)}`,
        sessionSeconds: options.sessionSeconds,
        onChange: bell.ring,
      });
      const reader = openReader(member.client, {
        topic,
        maxBytes,
        partitionBytes,
        minBytes,
        waitMilliseconds: options.batchMilliseconds,
      });
      const onReady = (ready: boolean) => {
        if (ready) waits.reset();
        options.onReady(ready);
      };
      await runSession({ ...options, member, reader, onReady, bell });
    } catch (error) {
      if (error instanceof PartitionsAdded) {
        log.info(`${error.message}; joining again`);
        continue;
      }
      options.onReady(false);
      if (error instanceof TopicRemade || isOurs(error)) throw error;
      progress.unavailable();
      metrics.failures.inc({ dependency: 'kafka' });
      log.warn({ err: error, attempts: waits.attempts() }, 'kafka does not answer; joining again');
      await waits.wait(signal);
    } finally {
      await member?.close().catch((error) => log.debug({ err: error }, 'left the group without a word'));
    }
  }
}

/** An error of the database that trying again does not mend, or of this program: not the broker's. */
function isOurs(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || sqlState(error) !== undefined;
}
