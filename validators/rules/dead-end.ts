import type { Flows } from '../graph/flows.ts';
import type { Problem } from './rule.ts';

type DeadEnd = Flows['deadEnds'][number];

/** A problem for each address that leads nowhere in this way; `effect` ends the sentence: what the client would see. */
export function* deadEndsOf(
  { deadEnds }: Flows,
  wanted: DeadEnd['kind'],
  effect: string,
): Generator<Problem> {
  for (const { told, kind, reason, meant } of deadEnds) {
    if (kind !== wanted) continue;
    const { workload, address, object, path, by, within } = told;
    const nearest = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
    yield {
      object,
      path,
      ...(within === undefined ? {} : { within }),
      message:
        `${workload.kind} ${workload.name} is told by ${by} to talk to ${address.text}, and ${reason}${nearest}: ` +
        effect,
    };
  }
}
