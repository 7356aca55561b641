import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** kubernetes/kubernetes is 30 MB; a slow line is given time, a dead one not for ever. In milliseconds. */
const DOWNLOAD_TIMEOUT = 10 * 60_000;

/** A Go module's files, unpacked and verified. */
export interface GoModule {
  readonly module: string;
  readonly version: string;
  /** The folder in Go's module cache; read-only. */
  readonly folder: string;
  /** Go's checksum of the content, `h1:...`. */
  readonly sum: string;
}

/**
 * Fetches a version of a Go module into Go's module cache, or finds it there. Go verifies it against the checksum
 * database, so the content is the same for everyone.
 *
 * @throws when `go` is missing, the version is not to be had, or nothing arrived in ten minutes.
 */
export async function fetchGoModule(module: string, version: string): Promise<GoModule> {
  const answer = await download(`${module}@${version}`);
  const parsed: unknown = JSON.parse(answer);
  if (!isDownload(parsed))
    throw new Error(`go mod download said nothing of a folder for ${module}@${version}:\n${answer}`);
  return { module, version, folder: parsed.Dir, sum: parsed.Sum };
}

async function download(target: string): Promise<string> {
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', target], { timeout: DOWNLOAD_TIMEOUT });
    return stdout;
  } catch (cause) {
    if (isMissingProgram(cause))
      throw new Error("go is not on PATH; it is needed to fetch the schemas' sources.", { cause });
    throw new Error(`${target} could not be fetched: ${reasonOf(cause)}`, { cause });
  }
}

/** Go reports a failed download as JSON on its standard output. */
function reasonOf(cause: unknown): string {
  const output = cause instanceof Error && 'stdout' in cause ? String(cause.stdout) : '';
  return /"Error": "(?<reason>.*)"/.exec(output)?.groups?.reason ?? String(cause);
}

function isMissingProgram(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function isDownload(value: unknown): value is { readonly Dir: string; readonly Sum: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Dir' in value &&
    typeof value.Dir === 'string' &&
    'Sum' in value &&
    typeof value.Sum === 'string'
  );
}
