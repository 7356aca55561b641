import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { checkEvery, checkPath } from '../check-path.ts';
import { type CheckStreamOptions, checkStreams, type RenderedStream } from '../check-stream.ts';
import { readEnvironment } from '../environment/environment.ts';
import type { Report } from '../reports/report.ts';
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

/** The check of kustomizations and rendered files of any repository, by the library's rules alone. */
export async function checkOthers({
  paths,
  every,
  rendered,
  environment,
  tools,
  scratch,
  progress,
}: OthersOptions): Promise<Report> {
  const options: CheckStreamOptions = {
    kubeconform: tools.kubeconform,
    scratch,
    workers: availableParallelism(),
    rules,
    environment:
      environment === undefined
        ? undefined
        : await readEnvironment(dirname(resolve(environment)), basename(environment), undefined, true),
  };
  const targets = [];
  for (const path of paths) {
    progress(`rendering ${path}`);
    targets.push(await checkPath(path, tools.kustomize, options));
  }
  for (const folder of every) targets.push(...(await checkEvery(folder, tools.kustomize, options, progress)));
  if (rendered.length > 0) {
    const streams = await Promise.all(rendered.map(readStreamFile));
    progress(`checking ${streams.length} rendered ${streams.length === 1 ? 'file' : 'files'}`);
    targets.push(...(await checkStreams(streams, options)));
  }
  return { version: 1, targets };
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
    const { size } = await handle.stat();
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
