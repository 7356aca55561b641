import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { YAMLException } from 'js-yaml';
import type { Finding, Source } from '../finding.ts';
import { didYouMean } from '../text/nearest.ts';
import { splitDocuments } from './objects.ts';
import type { Target } from './targets.ts';
import { parseYaml } from './yaml.ts';

/**
 * Says where a failed build went wrong, as exactly as the target's own files tell.
 *
 * kustomize names a file by its last part, and a patch that meets nothing by its object alone; so the files are read
 * for the one that is no YAML, and for the one that names what kustomize did not find.
 */
export async function explainRenderFailure(
  root: string,
  target: Target,
  message: string,
  files: readonly string[],
): Promise<Finding> {
  const texts = new Map<string, string>();
  for (const file of files) texts.set(file, await readFile(join(root, file), 'utf8').catch(() => ''));
  const found = brokenYaml(texts) ?? missedByPatch(message, texts) ?? named(message, texts);
  const own =
    files.find((file) => file.startsWith(`${target.folder}/`)) ?? `${target.folder}/kustomization.yaml`;
  return {
    rule: 'render',
    severity: 'error',
    message: `${target.name} does not render: ${found?.message ?? message}`,
    source: found?.source ?? { file: own },
  };
}

interface Explanation {
  readonly message: string;
  readonly source: Source;
}

function brokenYaml(texts: ReadonlyMap<string, string>): Explanation | undefined {
  for (const [file, text] of texts) {
    if (!/\.ya?ml$|Kustomization$/.test(file)) continue;
    let line = 0;
    for (const document of splitDocuments(text)) {
      try {
        parseYaml(document);
      } catch (error) {
        if (!(error instanceof YAMLException)) throw error;
        const at = line + (error.mark?.line ?? 0) + 1;
        return { message: `${file} is not YAML at line ${at}: ${error.reason}`, source: { file, line: at } };
      }
      line += document.split('\n').length;
    }
  }
  return undefined;
}

/** `no matches for Id Deployment.v1.apps/apy.[noNs]`: a patch, or a replacement, of an object that is not there. */
function missedByPatch(message: string, texts: ReadonlyMap<string, string>): Explanation | undefined {
  const missed =
    /no (?:resource )?matches (?:for Id |strategic merge patch ")([A-Za-z]+)\.[^/]*\/([^.\s"]+)/.exec(
      message,
    );
  const [, kind = '', name = ''] = missed ?? [];
  if (name === '') return undefined;
  const of = new RegExp(`^kind: ${kind}\\s*$`, 'm');
  const names = new Set<string>();
  let source: Source | undefined;
  for (const [file, text] of texts) {
    if (!of.test(text)) continue;
    for (const [index, content] of text.split('\n').entries()) {
      const written = /^ {2}name: (\S+)\s*$/.exec(content)?.[1];
      if (written === undefined) continue;
      if (written === name) source = { file, line: index + 1 };
      else names.add(written);
    }
  }
  if (source === undefined) return undefined;
  return {
    message: `it patches ${kind} ${name}, and there is no such object${didYouMean(name, names)}`,
    source,
  };
}

function named(message: string, texts: ReadonlyMap<string, string>): Explanation | undefined {
  const files = [...texts.keys()]
    .filter((file) => message.includes(file))
    .sort((a, b) => b.length - a.length);
  const [file] = files;
  if (file === undefined) return undefined;
  const line = /line (\d+)/.exec(message)?.[1];
  return { message, source: { file, ...(line === undefined ? {} : { line: Number(line) }) } };
}
