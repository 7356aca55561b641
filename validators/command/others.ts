import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { checkEvery, checkPath } from '../check-path.ts';
import { type CheckStreamOptions, checkStreams, type RenderedStream } from '../check-stream.ts';
import { type Environment, readEnvironment } from '../environment/environment.ts';
import { MistakenFiles } from '../mistaken-files.ts';
import type { Report, ReportedTarget } from '../reports/report.ts';
import { rules } from '../rules/index.ts';
import type { Tools } from '../tools/locate.ts';
import { UsageError } from '../usage-error.ts';

/** What one file may hold, in bytes; five thousand objects are a tenth of it. */
const mostBytes = 64 * 2 ** 20;

export interface OthersOptions {
  readonly paths: readonly string[];
  /** Folders of which every kustomization below is checked. */
  readonly every: readonly string[];
  readonly rendered: readonly string[];
  /** The file that says what the cluster offers. */
  readonly environment: string | undefined;
  readonly tools: Tools;
  /** A folder for files of this run. */
  readonly scratch: string;
  readonly progress: (message: string) => void;
}

/** What was checked, and what could not be read of what was named. */
export interface CheckedOthers {
  readonly report: Report;
  /** One sentence for each file. */
  readonly unread: readonly string[];
}

/**
 * The check of kustomizations and rendered files of any repository, by the library's rules alone. Of several files, one that
 * cannot be read keeps none of the others from being checked.
 * @throws UsageError when none of them can be read.
 */
export async function checkOthers({
  paths,
  every,
  rendered,
  environment,
  tools,
  scratch,
  progress,
}: OthersOptions): Promise<CheckedOthers> {
  const options: CheckStreamOptions = {
    kubeconform: tools.kubeconform,
    scratch,
    workers: availableParallelism(),
    rules,
    environment: environment === undefined ? undefined : await environmentAt(environment),
  };
  const targets: ReportedTarget[] = [];
  for (const path of paths) {
    progress(`rendering ${path}`);
    targets.push(await checkPath(path, tools.kustomize, options));
  }
  for (const folder of every) targets.push(...(await checkEvery(folder, tools.kustomize, options, progress)));
  const unread: string[] = [];
  if (rendered.length > 0) {
    const read = await Promise.allSettled(rendered.map(readStreamFile));
    const streams = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const [index, one] of read.entries()) {
      if (one.status === 'fulfilled') continue;
      if (!(one.reason instanceof UsageError)) throw one.reason;
      const { message } = one.reason;
      unread.push(message);
      targets.push(notRead(rendered[index] ?? '', message));
    }
    if (streams.length === 0 && targets.length === unread.length) throw new UsageError(unread.join('\n'));
    progress(`checking ${streams.length} rendered ${streams.length === 1 ? 'file' : 'files'}`);
    targets.push(...(await checkStreams(streams, options)));
  }
  return { report: { version: 1, targets }, unread };
}

/** Reads an environment file; its mistakes name it as the caller did. */
async function environmentAt(file: string): Promise<Environment> {
  try {
    return await readEnvironment(dirname(resolve(file)), basename(file), undefined, true);
  } catch (error) {
    if (!(error instanceof MistakenFiles)) throw error;
    throw new MistakenFiles(
      error.findings.map((finding) => ({ ...finding, source: { ...finding.source, file } })),
    );
  }
}

/** A file that could not be read, as a target in which nothing was judged. */
function notRead(file: string, message: string): ReportedTarget {
  const finding = { rule: 'unreadable', severity: 'error' as const, message, source: { file } };
  return { target: file, resources: [], flows: [], findings: [finding], notChecked: [] };
}

/** @throws UsageError for a file that is not there, too large, or not text. */
async function readStreamFile(file: string): Promise<RenderedStream> {
  if (file === '-')
    return { name: 'standard input', text: decode('standard input', await buffer(process.stdin)) };
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${file} cannot be read: ${error.code === 'ENOENT' ? 'it is not there' : error.message}`,
    );
  });
  try {
    const stats = await handle.stat();
    if (stats.isDirectory())
      throw new UsageError(
        `${file} is a directory: --rendered takes files; use --path for the folder of a kustomization, or --every for what is below it`,
      );
    const { size } = stats;
    if (size > mostBytes) {
      throw new UsageError(
        `${file} has ${Math.round(size / 2 ** 20)} MiB, and ${mostBytes / 2 ** 20} are read at most: split it`,
      );
    }
    return { name: file, text: decode(file, await handle.readFile()) };
  } finally {
    await handle.close();
  }
}

function decode(name: string, content: Buffer): string {
  if (content.length > mostBytes)
    throw new UsageError(`${name} holds more than ${mostBytes / 2 ** 20} MiB: split it`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new UsageError(`${name} is not text in UTF-8: is it rendered YAML?`);
  }
}
