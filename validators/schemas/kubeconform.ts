import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run, shortLivedGo } from '../process/run.ts';
import type { RenderedObject } from '../render/objects.ts';
import { schemaLocation } from './schema-index.ts';

export interface SchemaOptions {
  readonly kubeconform: string;
  /** A folder for the run's own files. */
  readonly scratch: string;
  readonly workers: number;
  /** True for manifests of another repository, whose people cannot add a schema here. */
  readonly foreign?: boolean;
}

/** What kubeconform says of one object, in its JSON output. */
export interface Verdict {
  readonly filename: string;
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  readonly status: 'statusInvalid' | 'statusError' | 'statusValid' | 'statusSkipped' | 'statusEmpty';
  readonly msg: string;
}

/** How long one run may take, in milliseconds: thousands of objects take seconds. */
const deadline = 120_000;

/**
 * kubeconform's verdict on each object, by its digest; an object that it passed over has none. It runs by the time that
 * this returns its promise.
 *
 * Writing and opening a file an object costs more than judging it. So objects stand together in a few files, where
 * kind, version and name tell them apart; what cannot be told apart so is judged once more, a file an object.
 * @throws Error when kubeconform cannot be run or prints no JSON.
 */
export async function verdictsOf(
  objects: readonly RenderedObject[],
  options: SchemaOptions,
): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for (const files of [together, eachAlone]) {
    const left = objects.filter(({ digest }) => !verdicts.has(digest));
    if (left.length === 0) break;
    for (const [digest, verdict] of await judged(files(left, options.workers), options)) {
      verdicts.set(digest, verdict);
    }
  }
  return verdicts;
}

/** Objects of one file, by the key that their verdicts have. */
type Pack = Map<string, RenderedObject>;

/** As few files as there are workers, and as many as objects have the same key. */
function together(objects: readonly RenderedObject[], workers: number): Pack[] {
  const packs: Pack[] = [];
  const level = new Map<string, number>();
  for (const [index, rendered] of objects.entries()) {
    const { apiVersion, kind, metadata } = rendered.object;
    const key = keyOf(apiVersion, kind, metadata.name);
    const before = level.get(key) ?? index % Math.max(workers, 1);
    level.set(key, before + 1);
    let pack = packs[before];
    if (pack === undefined) {
      pack = new Map();
      packs[before] = pack;
    }
    pack.set(key, rendered);
  }
  return packs.filter((pack) => pack !== undefined);
}

function eachAlone(objects: readonly RenderedObject[]): Pack[] {
  return objects.map((rendered) => new Map([['', rendered]]));
}

function keyOf(version: string, kind: string, name: string): string {
  return `${version} ${kind} ${name}`;
}

async function judged(packs: readonly Pack[], options: SchemaOptions): Promise<Map<string, Verdict>> {
  const { kubeconform, scratch, workers } = options;
  // At once, without waiting: whoever called may then work on while kubeconform does.
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'objects-'));
  try {
    for (const [index, pack] of packs.entries()) {
      const texts = [...pack.values()].map(({ text }) => (text.endsWith('\n') ? text : `${text}\n`));
      writeFileSync(join(folder, `${index}.yaml`), texts.join('---\n'));
    }
    const args = ['-strict', '-output', 'json', '-verbose', '-n', String(workers)];
    const finished = await run(kubeconform, [...args, '-schema-location', schemaLocation(), folder], {
      env: shortLivedGo,
      deadline,
    });
    return assigned(readVerdicts(finished.stdout.toString('utf8'), finished.stderr), packs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each verdict by the digest of its object; none for those of a file of which more, or less, was said than it holds. */
function assigned(verdicts: readonly Verdict[], packs: readonly Pack[]): Map<string, Verdict> {
  const found = new Map<string, Verdict>();
  const byFile = Map.groupBy(verdicts, ({ filename }) => Number.parseInt(basename(filename), 10));
  for (const [index, pack] of packs.entries()) {
    const said = byFile.get(index) ?? [];
    const alone = pack.get('');
    const last = said.at(-1);
    if (alone !== undefined && last !== undefined) found.set(alone.digest, last);
    if (alone !== undefined || said.length !== pack.size) continue;
    for (const verdict of said) {
      const object = pack.get(keyOf(verdict.version, verdict.kind, verdict.name));
      if (object !== undefined) found.set(object.digest, verdict);
    }
  }
  return found;
}

function readVerdicts(stdout: string, stderr: string): readonly Verdict[] {
  try {
    return (JSON.parse(stdout) as { resources?: Verdict[] }).resources ?? [];
  } catch (cause) {
    throw new Error(`kubeconform printed no JSON: ${stderr.trim() || stdout.slice(0, 200)}`, { cause });
  }
}
