import type { Member } from '@plumbline/kit/kafka';

/** The topic has more partitions than the group shares out: it is to be joined again. No failure. */
export class PartitionsAdded extends Error {
  override readonly name = 'PartitionsAdded';
}

/**
 * Asks every so many seconds, in the background, whether the topic has grown since this member joined. What it gives is
 * called in each round of the loop. @throws PartitionsAdded once it has.
 */
export function watchGrowth(member: Member, seconds: number): () => void {
  let asked = performance.now();
  let grown = false;
  return () => {
    if (grown) throw new PartitionsAdded('the topic has more partitions than when the group was joined');
    if (performance.now() - asked < seconds * 1000) return;
    asked = performance.now();
    // A broker that does not answer is met by the next fetch.
    member.hasGrown().then(
      (answer) => {
        grown ||= answer;
      },
      () => {},
    );
  };
}
