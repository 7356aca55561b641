import { createHash } from 'node:crypto';
import type { Store } from './cache/store.ts';
import { codeVersion } from './code-version.ts';
import { capacity, type Environment, readEnvironment } from './environment/environment.ts';
import type { Finding } from './finding.ts';
import { beside } from './gitops/beside.ts';
import {
  type Early,
  type Judged,
  judgeEarly,
  judgementKey,
  judgeTarget,
  type TargetJudgement,
} from './judgement.ts';
import { allRead } from './mistaken-files.ts';
import { pooled } from './process/pool.ts';
import { type Inputs, newReads, readInputs } from './render/inputs.ts';
import { readKept, schemaDigests, type Unjudged, withVerdicts } from './render/kept.ts';
import { build } from './render/kustomize.ts';
import { type RenderedObject, readRendered } from './render/objects.ts';
import type { Target } from './render/targets.ts';
import { wholeOf } from './render/whole.ts';
import type { ReportedFlow } from './reports/report.ts';
import { type Asks, addUp } from './room/asks.ts';
import { type Rule, rules } from './rules/index.ts';
import { validateSchemas } from './schemas/validate.ts';
import { note, type Seen } from './seen.ts';
import type { Tools } from './tools/locate.ts';

export interface CheckOptions {
  /** The repository's root, absolute. */
  readonly root: string;
  readonly targets: readonly Target[];
  readonly tools: Tools;
  /** Keeps what was rendered and judged, by content. */
  readonly store: Store;
  /** A folder for files of this run. */
  readonly scratch: string;
  /** How many commands run side by side. */
  readonly workers: number;
  /** Rules of the project's own, beside the library's. */
  readonly extraRules?: readonly Rule[];
  /** A digest of what the extra rules are made of, code and data; without it no judgement of theirs is kept. */
  readonly extraVersion?: string | undefined;
  /**
   * Put together a target that is nothing but a list of other targets from what these render, instead of rendering it too.
   * By default everything is rendered.
   */
  readonly compose?: boolean;
  /** What earlier checks have seen; this one notes there what it sees. */
  readonly seen?: Seen;
  readonly progress?: (message: string) => void;
}

/** What the check says of one target. */
export interface CheckedTarget {
  readonly target: Target;
  /** Undefined for what is of no environment. */
  readonly environment: Environment | undefined;
  readonly objects: readonly RenderedObject[];
  readonly asks: Asks;
  readonly findings: readonly Finding[];
  /** What its workloads are told to connect to. */
  readonly flows: readonly ReportedFlow[];
  /** How many Applications it makes of folders of this repository. */
  readonly applications: number;
  /** Ids of the rules that had nothing to judge by. */
  readonly notChecked: readonly string[];
  /** True when the render and its validation were taken from an earlier run on the same content. */
  readonly cached: boolean;
}

/** Raised by one whenever what the store holds changes its form. */
const format = 3;

/**
 * Renders every target, validates each object against its schema and judges the target by every rule.
 *
 * Targets are rendered side by side, an object that several of them hold is validated once, and what did not
 * change since an earlier run is taken from the store. Findings name the file and line that set the field.
 * @throws MistakenFiles when an environment file is wrong; Error when a tool cannot be run.
 */
export async function check(options: CheckOptions): Promise<CheckedTarget[]> {
  const { root, targets, store, tools, workers, seen, progress = () => {} } = options;
  const environments = await readEnvironments(root, targets, store);
  const reads = newReads();
  const inputs: Inputs[] = [];
  for (const target of targets) inputs.push(await readInputs(root, target.folder, reads));
  const keys = inputs.map(({ digest, findings, parts }) => {
    if (digest === undefined || findings.length > 0) return undefined;
    // Whoever wants it rendered gets what was rendered.
    const way = parts !== undefined && options.compose === true ? 'put together' : 'rendered';
    return keyOf(`${format}`, digest, tools.versions, way);
  });
  const schemaDigest = schemaDigests();
  const before = await Promise.all(
    keys.map(async (key) => {
      if (key === undefined) return undefined;
      const known = seen?.renders.get(key);
      if (known !== undefined) return known;
      const kept = await readKept(store, key, schemaDigest);
      return kept === undefined || seen === undefined ? kept : note(seen, key, kept);
    }),
  );
  const extra = options.extraRules ?? [];
  const judged = (index: number): Judged => {
    const target = targets[index] as Target;
    const environment = environments.get(target.environment);
    const files = inputs[index]?.files ?? [];
    return { root, target, environment, files, reads, rules: [...rules, ...extra] };
  };

  let done = before.filter((rendered) => rendered !== undefined).length;
  if (done > 0 && done < targets.length) progress(`${done} of ${targets.length} targets are as they were`);
  const known = new Map<string, RenderedObject>();
  const failures: Finding[][] = targets.map(() => []);
  const fresh: (Unjudged | undefined)[] = [];
  const early: (Early | undefined)[] = [];
  const size = (index: number) => inputs[index]?.files.length ?? 0;
  // The largest first, so that none is left to run alone at the end.
  const wanted = [...targets.keys()]
    .filter((index) => before[index] === undefined)
    .sort((a, b) => size(b) - size(a));

  function keep(index: number, objects: readonly RenderedObject[], warnings: readonly string[]): void {
    fresh[index] = { objects, warnings };
    // What is of no environment is judged beside all else, once that is there.
    if (targets[index]?.environment !== '') early[index] = judgeEarly(judged(index), objects);
    done += 1;
    progress(`rendered ${targets[index]?.name} (${done} of ${targets.length})`);
  }

  async function render(index: number): Promise<void> {
    const target = targets[index] as Target;
    const { files, findings } = inputs[index] as Inputs;
    if (findings.length > 0) {
      failures[index]?.push(...findings);
      return;
    }
    const built = await build([tools.kustomize, 'build'], root, target.folder);
    let message: string;
    if (built.ok) {
      try {
        keep(index, readRendered(built.stream, known, seen?.objects), built.warnings);
        return;
      } catch (error) {
        message = error instanceof Error ? error.message : String(error);
      }
    } else message = built.message;
    const { explainRenderFailure } = await import('./render/failure.ts');
    failures[index]?.push(await explainRenderFailure(root, target, message, files));
  }

  const byFolder = new Map(targets.map(({ folder }, index) => [folder, index]));
  /** The indexes of the targets that make up another one. */
  const partsOf = (index: number) => inputs[index]?.parts?.map((folder) => byFolder.get(folder) ?? -1);
  const wholes = options.compose === true ? wanted.filter((index) => partsOf(index) !== undefined) : [];
  // One build more than there are cores: none of these is idle while this process reads and judges what was built.
  const width = workers + 1;
  await pooled(
    wanted.filter((index) => !wholes.includes(index)),
    width,
    render,
  );
  const left = wholes.filter((index) => {
    const parts = (partsOf(index) ?? []).map((part) => fresh[part] ?? before[part]);
    if (parts.some((part) => part === undefined || part.warnings.length > 0)) return true;
    const whole = wholeOf(
      inputs[index] as Inputs,
      parts.map((part) => part?.objects),
    );
    if (whole !== undefined) keep(index, whole, []);
    return whole === undefined;
  });
  await pooled(left, width, render);

  const unjudged = [...known.values()].filter(({ digest }) => seen?.valid.has(digest) !== true);
  if (unjudged.length > 0) progress(`validating ${unjudged.length} distinct objects against their schemas`);
  const verdicts = await validateSchemas(unjudged, {
    kubeconform: tools.kubeconform,
    scratch: options.scratch,
    workers,
  });

  const objectsOf = (index: number) =>
    ((before[index] ?? fresh[index])?.objects ?? []).map(({ object }) => object);
  const besideOf = await beside(root, targets, objectsOf, async (folder) => {
    const built = await build([tools.kustomize, 'build'], root, folder);
    if (!built.ok) return { failure: built.message };
    return { objects: readRendered(built.stream, known, seen?.objects).map(({ object }) => object) };
  });
  const version = versionOf(options);
  return Promise.all(
    targets.map(async (target, index): Promise<CheckedTarget> => {
      const cached = before[index];
      const built = fresh[index];
      const judgedNow = built && (await withVerdicts(built, verdicts, schemaDigest));
      const key = keys[index];
      const rendered = cached ?? (judgedNow && seen ? note(seen, key, judgedNow) : judgedNow);
      const here = { ...judged(index), ...besideOf(index) };
      const { environment } = here;
      if (rendered === undefined) return notRendered(target, environment, failures[index] ?? []);
      if (cached === undefined && key !== undefined) await store.put(key, JSON.stringify(rendered));
      const kept =
        key === undefined || version === undefined ? undefined : judgementKey(key, here, rendered, version);
      const known =
        kept === undefined ? undefined : (seen?.judgements.get(kept) ?? (await readJudgement(store, kept)));
      const judgement = known ?? (await judgeTarget(here, rendered, early[index]));
      if (kept !== undefined) seen?.judgements.set(kept, judgement);
      if (known === undefined && kept !== undefined) await store.put(kept, JSON.stringify(judgement));
      return {
        target,
        environment,
        objects: rendered.objects,
        ...judgement,
        cached: cached !== undefined,
      };
    }),
  );
}

/** What decides a judgement beside the target itself; undefined where nobody says what the extra rules are made of. */
function versionOf({ extraRules = [], extraVersion }: CheckOptions): string | undefined {
  if (extraRules.length > 0 && extraVersion === undefined) return undefined;
  return keyOf(codeVersion(), extraVersion ?? '');
}

async function readJudgement(store: Store, key: string): Promise<TargetJudgement | undefined> {
  const value = await store.get(key);
  return value === undefined ? undefined : (JSON.parse(value.toString('utf8')) as TargetJudgement);
}

function notRendered(
  target: Target,
  environment: Environment | undefined,
  findings: readonly Finding[],
): CheckedTarget {
  const asks = addUp([], environment === undefined ? 1 : capacity(environment).nodes);
  const nothing = { objects: [], asks, flows: [], notChecked: [], applications: 0, cached: false };
  return { target, environment, findings, ...nothing };
}

function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Reads the environments of the targets. @throws MistakenFiles with every mistake. */
async function readEnvironments(
  root: string,
  targets: readonly Target[],
  store: Store,
): Promise<Map<string, Environment>> {
  const names = [...new Set(targets.map((target) => target.environment))].filter((name) => name !== '');
  const environments = await allRead(
    names.map((name) => readEnvironment(root, `overlays/${name}/environment.yaml`, store)),
  );
  return new Map(names.map((name, index) => [name, environments[index] as Environment]));
}
