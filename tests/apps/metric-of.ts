import type { RunningWorker } from '../../trial/worker.ts';

/**
 * One of a worker's metrics, summed over its labels; undefined while it does not answer.
 * @param labels those alone that have exactly these: `query="windows"`
 */
export async function metricOf(
  worker: RunningWorker,
  name: string,
  labels = '[^}]*',
): Promise<number | undefined> {
  const response = await fetch(`${worker.metrics}/metrics`, { signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  const text = await response?.text();
  const values = [...(text ?? '').matchAll(new RegExp(`^${name}(?:\\{${labels}\\})? (\\S+)$`, 'gm'))];
  return values.length === 0 ? undefined : values.reduce((sum, [, value]) => sum + Number(value), 0);
}
