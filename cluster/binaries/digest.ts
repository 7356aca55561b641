import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { buildFlags } from './go-build.ts';
import type { GoTool } from './go-tools.ts';

/** What a tool's binaries depend on, and the version that they say they have. */
export interface Pin {
  /** Sixteen hex digits of everything in the tool's folder, the Go version and the flags. */
  readonly digest: string;
  /** The version of the tool's own module, as `v1.35.4`. */
  readonly version: string;
  /** What the linker is told. */
  readonly linkerFlags: string;
}

/**
 * Reads a tool's pin.
 *
 * @param folder the tool's own folder, absolute
 * @param goVersion as `go env GOVERSION` says it
 * @throws UsageError when go.mod does not require the tool's module.
 */
export async function pinOf(tool: GoTool, folder: string, goVersion: string): Promise<Pin> {
  const names = (await readdir(folder)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const version = versionOf(texts[names.indexOf('go.mod')] ?? '', tool, folder);
  const variables = Object.entries(tool.variables?.(version) ?? {});
  const linkerFlags = ['-s', '-w', ...variables.map(([name, value]) => `-X ${name}=${value}`)].join(' ');
  const hash = createHash('sha256');
  const how = [goVersion, process.arch, linkerFlags, ...buildFlags, JSON.stringify(tool.change)];
  for (const part of [...how, ...names, ...texts]) hash.update(`${part}\0`);
  return { digest: hash.digest('hex').slice(0, 16), version, linkerFlags };
}

function versionOf(goMod: string, { module }: GoTool, folder: string): string {
  const escaped = module.replaceAll('.', '\\.');
  const version = new RegExp(`^(?:require)?\\s*${escaped} (v\\S+)`, 'm').exec(goMod)?.[1];
  if (version === undefined) {
    throw new UsageError(`${join(folder, 'go.mod')} does not require ${module}: run go mod tidy there`);
  }
  return version;
}
