import { setTimeout } from 'node:timers/promises';
import { HostError } from './ask.ts';
import { fit } from './fit.ts';
import type { Thread } from './note.ts';

/** Milliseconds before each further try. */
const waits = [1_000, 4_000, 16_000];

/**
 * Keeps one comment of ours in a thread: writes over the one that begins with the marker, or makes it.
 *
 * A comment of somebody else is left alone, marker or not: whoever wrote it could change it afterwards. What a host did not answer
 * may have been done all the same, so each further try looks again at what is there.
 * @param name tells several such comments of one thread apart.
 * @throws HostError when the host refuses, or does not answer several times.
 */
export async function postOnce(
  thread: Thread,
  name: string,
  text: string,
  pauses: readonly number[] = waits,
): Promise<'created' | 'updated' | 'unchanged'> {
  const marker = `<!-- plumbline: ${name} -->`;
  const body = fit(`${marker}\n${text.trimEnd()}\n`, thread.longest);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const notes = await thread.list();
      const own = notes.find((note) => note.author === thread.author && note.body.startsWith(marker));
      if (own === undefined) {
        await thread.create(body);
        return 'created';
      }
      if (own.body.replaceAll('\r\n', '\n').trimEnd() === body.trimEnd()) return 'unchanged';
      await thread.update(own.id, body);
      return 'updated';
    } catch (error) {
      const pause = pauses[attempt];
      if (!(error instanceof HostError) || !error.passes || pause === undefined) throw error;
      await setTimeout(pause);
    }
  }
}
