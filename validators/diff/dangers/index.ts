import { belowBudget } from './below-budget.ts';
import { cutMeanwhile } from './cut-meanwhile.ts';
import type { Danger, Step } from './danger.ts';
import { imageDowngrade } from './image-downgrade.ts';
import { immutableFields } from './immutable-fields.ts';
import { members } from './members.ts';
import { podsNotReplaced } from './pods-not-replaced.ts';
import { restarts } from './restarts.ts';
import { rolloutStuck } from './rollout-stuck.ts';
import { storage } from './storage.ts';
import { strategyRefused } from './strategy-refused.ts';

export type { Danger } from './danger.ts';

/** All that a change of one target would do to what runs. */
export function dangersOf(step: Step): Danger[] {
  return [
    immutableFields,
    strategyRefused,
    storage,
    members,
    belowBudget,
    restarts,
    rolloutStuck,
    cutMeanwhile,
    podsNotReplaced,
    imageDowngrade,
  ].flatMap((rule) => [...rule(step)]);
}
