import type { Environment } from '../environment/environment.ts';
import type { Finding } from '../finding.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Target } from '../render/targets.ts';
import type { Asks } from '../room/asks.ts';
import { notOffered } from './not-offered.ts';
import { peerElsewhere } from './peer-elsewhere.ts';
import { room } from './room.ts';
import { secretInGit } from './secret-in-git.ts';

/** What a rule judges: one target, rendered, and the environment that it is for. */
export interface Judged {
  readonly target: Target;
  readonly objects: readonly KubernetesObject[];
  readonly asks: Asks;
  readonly environment: Environment;
}

/** A rule finds what is wrong with one target. */
export type Rule = (judged: Judged) => Finding[];

/** Every rule, by the id that its findings carry. */
export const rules: Readonly<Record<string, Rule>> = {
  'not-offered': notOffered,
  'peer-elsewhere': peerElsewhere,
  room,
  'secret-in-git': secretInGit,
};
