import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '@plumbline/validators';
import { type Judged, judgeChange } from '../../trial/histories/compared.ts';
import { changesOf, cloneHistory } from '../../trial/histories/history.ts';
import type { Bench } from '../bench.ts';
import { median } from '../lib/median.ts';
import { cache, root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';

/** A public repository, the newest commit that counts, and where its kustomizations lie. */
interface PublicRepository {
  readonly name: string;
  readonly head: string;
  readonly folders: readonly string[];
}

interface Row {
  readonly name: string;
  /** Commits that touch the folders, those that had to be looked at. */
  looked: number;
  overlays: number;
  readonly judged: Judged[];
  readonly faults: string[];
}

/** How many commits of each repository, the newest of those that change a render. */
const most = 20;

/**
 * What the differ tells of real commits of public repositories, judged beside the plain difference of their renders. Clones are
 * those of `PLUMBLINE_CLONES/<owner>/<name>`, where there are, else fetched once.
 */
export const benchHistories: Bench = async ({ say }) => {
  const { kustomize } = await repositoryTools(say);
  const list = join(root, 'trial', 'histories', 'repositories.json');
  const repositories = JSON.parse(await readFile(list, 'utf8')) as readonly PublicRepository[];
  const rows: Row[] = [];
  for (const { name, head, folders } of repositories) {
    const git = await cloneOf(name, say);
    say(`${name} ...`);
    const scratch = await mkdtemp(join(tmpdir(), 'plumbline-history-'));
    const row: Row = { name, looked: 0, overlays: 0, judged: [], faults: [] };
    rows.push(row);
    try {
      for await (const { commit, renders } of changesOf({ git, head, folders }, kustomize, scratch)) {
        row.looked += 1;
        if (renders.length === 0) continue;
        const judged = await judgeChange(name, renders);
        row.overlays += renders.length;
        row.judged.push(judged);
        row.faults.push(...judged.faults.map((fault) => `${name} ${commit}: ${fault}`));
        if (row.judged.length === most) break;
      }
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  return report(rows);
};

async function cloneOf(name: string, say: (message: string) => void): Promise<string> {
  const { PLUMBLINE_CLONES: clones } = process.env;
  if (clones !== undefined) return join(clones, name);
  const folder = join(cache, 'downloads', 'histories', `${name}.git`);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    say(`cloning ${name} (once) ...`);
    await cloneHistory(`https://github.com/${name}`, folder);
  }
  return folder;
}

const sum = (judged: readonly Judged[], of: 'objects' | 'fields' | 'lines' | 'plainLines' | 'wholeLines') =>
  judged.reduce((total, one) => total + one[of], 0);

function report(rows: readonly Row[]): string {
  const all = rows.flatMap(({ judged }) => judged);
  const faults = rows.flatMap((row) => row.faults);
  const cells = ({ name, looked, overlays, judged, faults }: Row) => [
    ...[name, `${looked}`, `${judged.length}`, `${overlays}`, `${sum(judged, 'objects')}`],
    ...[
      `${sum(judged, 'fields')}`,
      `${faults.length}`,
      `${sum(judged, 'lines')}`,
      `${sum(judged, 'plainLines')}`,
      `${sum(judged, 'wholeLines')}`,
    ],
  ];
  const lines = table(
    [
      [
        'repository',
        'looked at',
        'commits',
        'overlays',
        'objects',
        'fields',
        'wrong',
        'lines',
        'of diff -u',
        'of whole objects',
      ],
      ...rows.map(cells),
    ],
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  const ratio = median(all.map((one) => one.lines / one.plainLines));
  const total = sum(all, 'lines') / sum(all, 'plainLines');
  const ofChanged = sum(all, 'lines') / (sum(all, 'plainLines') - sum(all, 'wholeLines'));
  const overlays = rows.reduce((count, row) => count + row.overlays, 0);
  return `${[
    ...lines,
    ...faults,
    `bench histories commits=${all.length} overlays=${overlays} fields=${sum(all, 'fields')} wrong=${faults.length} lines_median=${ratio.toFixed(2)} lines_total=${total.toFixed(2)} lines_total_of_changed=${ofChanged.toFixed(2)}`,
  ].join('\n')}\n`;
}
