import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';
import { YAMLException } from 'js-yaml';
import type { Finding, ResourceName, Source } from '../finding.ts';
import { lineAt } from '../source/line-at.ts';
import { didYouMean } from '../text/nearest.ts';
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
  const texts = await readTexts(root, target, files);
  const found =
    brokenYaml(message, texts) ??
    registeredTwice(message, texts) ??
    missedByPatch(message, texts) ??
    missedByJsonPatch(message, texts) ??
    missedByGenerator(message, texts) ??
    unknownField(message, texts) ??
    quotedByMessage(message, texts);
  return finding(target, `${target.name} does not render: ${found?.message ?? message}`, found);
}

/** Says where a warning of a build that went well comes from: a field that kustomize will not know for ever. */
export async function explainRenderWarning(
  root: string,
  target: Target,
  message: string,
  files: readonly string[],
): Promise<Finding> {
  const texts = await readTexts(root, target, files);
  const field = /'(\w+)' is deprecated/.exec(message)?.[1];
  const found =
    field === undefined ? undefined : whereLine(texts, new RegExp(`^${field}:`), isKustomization, message);
  return finding(target, `${target.name} renders with a warning: ${message.replace(/^# Warning: /, '')}`, {
    ...found,
    ...(field === undefined ? {} : { path: field }),
  });
}

interface Explanation {
  readonly message?: string;
  readonly resource?: ResourceName;
  readonly path?: string;
  readonly source?: Source;
}

type Texts = ReadonlyMap<string, string>;

function finding(target: Target, message: string, found: Explanation | undefined): Finding {
  return {
    rule: 'render',
    severity: 'error',
    ...(found?.resource === undefined ? {} : { resource: found.resource }),
    ...(found?.path === undefined ? {} : { path: found.path }),
    message,
    source: found?.source ?? { file: `${target.folder}/kustomization.yaml` },
  };
}

/** The files' texts, the target's own first: of several places that fit, the one nearest to the target is meant. */
async function readTexts(root: string, target: Target, files: readonly string[]): Promise<Texts> {
  const own = (file: string) => file.startsWith(`${target.folder}/`);
  const texts = new Map<string, string>();
  for (const file of [...files.filter(own), ...files.filter((name) => !own(name))]) {
    texts.set(file, await readFile(join(root, file), 'utf8').catch(() => ''));
  }
  return texts;
}

function isKustomization(file: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file);
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/.test(file) || isKustomization(file);
}

/** kustomize speaks of YAML, of JSON or of a kustomization when it could not read a file. */
function brokenYaml(message: string, texts: Texts): Explanation | undefined {
  if (!/yaml|json|invalid Kustomization/i.test(message)) return undefined;
  for (const [file, text] of texts) {
    if (!isYaml(file)) continue;
    let line = 0;
    for (const document of text.split(/^---[ \t]*(?:#.*)?$/m)) {
      try {
        if (document.trim() !== '') parseYaml(document);
      } catch (error) {
        if (!(error instanceof YAMLException)) throw error;
        const at = line + (error.mark?.line ?? 0) + 1;
        return { message: `${file} is not YAML at line ${at}: ${error.reason}`, source: { file, line: at } };
      }
      line += document.split('\n').length - 1;
    }
  }
  return undefined;
}

/** kustomize's own way to write an id: `Deployment.v1.apps/api.[noNs]`. */
const id = /([A-Za-z]+)\.([^.\s]+)\.(\[noGrp\]|[^/\s]+)\/(.+?)\.(\[noNs\]|[a-z0-9-]+)(?=[\s"';:]|$)/;

function readId(text: string): ResourceName | undefined {
  const [, kind, version, group, name, namespace] = id.exec(text) ?? [];
  if (kind === undefined || version === undefined || name === undefined) return undefined;
  return {
    apiVersion: group === '[noGrp]' ? version : `${group}/${version}`,
    kind,
    ...(namespace === undefined || namespace === '[noNs]' ? {} : { namespace }),
    name,
  };
}

/** Where an object's name is written, in files that describe its kind; and the other names there. */
function whereNamed(
  { kind, name }: ResourceName,
  texts: Texts,
): { readonly places: readonly Required<Source>[]; readonly others: ReadonlySet<string> } {
  const ofKind = new RegExp(`^kind: ${kind}\\s*$`, 'm');
  const others = new Set<string>();
  const places: Required<Source>[] = [];
  for (const [file, text] of texts) {
    if (!isYaml(file) || !ofKind.test(text)) continue;
    for (const [index, content] of text.split('\n').entries()) {
      const written = /^ {2}name: ["']?([^\s"']+)["']?\s*$/.exec(content)?.[1];
      if (written === name) places.push({ file, line: index + 1 });
      else if (written !== undefined) others.add(written);
    }
  }
  return { places, others };
}

/** `may not add resource with an already registered id: Deployment.v1.apps/api.[noNs]`: two files make one object. */
function registeredTwice(message: string, texts: Texts): Explanation | undefined {
  const registered = /already registered id: (.*)/.exec(message)?.[1];
  const resource = registered === undefined ? undefined : readId(registered);
  if (resource === undefined) return undefined;
  const { places } = whereNamed(resource, texts);
  const quoted = quotedFiles(message, texts);
  const source = places.find(({ file }) => quoted.includes(file)) ?? places[0];
  if (source === undefined) return undefined;
  const first = places.find(({ file }) => file !== source.file);
  const before = first === undefined ? '' : `, and ${first.file}:${first.line} has it already`;
  return {
    message:
      `${source.file} adds ${resource.kind} ${resource.name}${before}: ` +
      'leave one of them out, or make one a patch of the other',
    resource,
    path: 'metadata.name',
    source,
  };
}

/** `no matches for Id Deployment.v1.apps/apy.[noNs]`: a patch, or a replacement, of an object that is not there. */
function missedByPatch(message: string, texts: Texts): Explanation | undefined {
  const missed = /no matches for Id (.*)|no resource matches strategic merge patch "([^"]*)"/.exec(message);
  const resource = missed === null ? undefined : readId(missed[1] ?? missed[2] ?? '');
  if (resource === undefined) return undefined;
  const { places, others } = whereNamed(resource, texts);
  const [source] = places;
  if (source === undefined) return undefined;
  const { kind, name } = resource;
  return {
    message: `it patches ${kind} ${name}, and there is no such object${didYouMean(name, others)}`,
    resource,
    path: 'metadata.name',
    source,
  };
}

/** `replace operation does not apply: doc is missing path: /spec/foo`: a JSON patch of a field that is not there. */
function missedByJsonPatch(message: string, texts: Texts): Explanation | undefined {
  const pointer =
    /doc is missing (?:path|key): ["']?(\/[^\s"':]*)/.exec(message)?.[1] ??
    /error in \w+ for path: '([^']+)'/.exec(message)?.[1];
  if (pointer === undefined) return undefined;
  for (const [file, text] of texts) {
    if (!isKustomization(file)) continue;
    for (const [index, entry] of entriesOf(parsed(text), 'patches').entries()) {
      const path = `patches[${index}]`;
      const named = typeof entry.path === 'string' ? join(dirname(file), entry.path) : undefined;
      const patch = named === undefined ? entry.patch : texts.get(named);
      if (typeof patch !== 'string') continue;
      const operations = parsed(patch);
      const position = Array.isArray(operations)
        ? operations.findIndex((operation) => (operation as { path?: unknown } | null)?.path === pointer)
        : -1;
      if (position < 0) continue;
      const start = named === undefined ? lineAt(text, `${path}.patch`) : 1;
      const lines = (named === undefined ? text : patch).split('\n');
      const offset = lines.slice(start - 1).findIndex((line) => line.includes(pointer));
      const source = { file: named ?? file, line: start + Math.max(offset, 0) };
      const { kind, name } = (entry.target ?? {}) as { kind?: string; name?: string };
      const of = [kind, name].filter(Boolean).join(' ') || 'its object';
      return {
        message: `a JSON patch changes ${pointer} of ${of}, and there is no such field to change (${message})`,
        path,
        source,
      };
    }
  }
  return undefined;
}

/** The fields of a Kustomization, for a name that is none of them. */
const kustomizationFields = [
  'buildMetadata',
  'components',
  'configMapGenerator',
  'configurations',
  'crds',
  'generatorOptions',
  'generators',
  'helmCharts',
  'images',
  'labels',
  'metadata',
  'namePrefix',
  'nameSuffix',
  'namespace',
  'openapi',
  'patches',
  'replacements',
  'replicas',
  'resources',
  'secretGenerator',
  'sortOptions',
  'transformers',
  'validators',
];

/** `id resid.ResId{... Kind:"ConfigMap" ... Name:"settings" ...} does not exist; cannot merge or replace`. */
function missedByGenerator(message: string, texts: Texts): Explanation | undefined {
  if (!message.includes('does not exist; cannot merge or replace')) return undefined;
  const [, kind, name] = /Kind:"(\w+)".*Name:"([^"]+)"/.exec(message) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const field = kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator';
  for (const [file, text] of texts) {
    if (!isKustomization(file)) continue;
    const index = entriesOf(parsed(text), field).findIndex(
      (entry) => entry.name === name && entry.behavior !== undefined && entry.behavior !== 'create',
    );
    if (index < 0) continue;
    const path = `${field}[${index}]`;
    return {
      message: `${path} merges into ${kind} ${name} or replaces it, and there is no such object`,
      resource: { apiVersion: 'v1', kind, name },
      path,
      source: { file, line: lineAt(text, path) },
    };
  }
  return undefined;
}

/** `invalid Kustomization: json: unknown field "resourcess"`. */
function unknownField(message: string, texts: Texts): Explanation | undefined {
  const field = /unknown field "([^"]+)"/.exec(message)?.[1];
  if (field === undefined) return undefined;
  const meant = didYouMean(field, kustomizationFields);
  const text = `a kustomization has no field ${field}${meant}`;
  const found = whereLine(texts, new RegExp(`^[\\s-]*["']?${field}["']?:`), isKustomization, text);
  return found === undefined ? undefined : { ...found, path: field };
}

/** Whatever else kustomize said: the file that it quotes, else the line of a kustomization that has the words quoted. */
function quotedByMessage(message: string, texts: Texts): Explanation | undefined {
  const [file] = quotedFiles(message, texts);
  if (file !== undefined) {
    const line = /line (\d+)/.exec(message)?.[1];
    return { source: { file, ...(line === undefined ? {} : { line: Number(line) }) } };
  }
  for (const word of quotedWords(message).sort((a, b) => b.length - a.length)) {
    const found = whereLine(texts, (line) => line.includes(word), isKustomization);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Words that kustomize puts in quotes of any kind, and the names of objects in its ids. */
function quotedWords(message: string): string[] {
  const quoted = [...message.matchAll(/["'`]([^"'`\n]{2,})["'`]/g)].map(([, word = '']) => word.trim());
  const named = readId(message)?.name;
  return [...quoted, ...(named === undefined ? [] : [named])].filter((word) => word !== '');
}

function quotedFiles(message: string, texts: Texts): string[] {
  const words = quotedWords(message).map((word) => word.replace(/^(?:\.{1,2}\/)+/, ''));
  return [...texts.keys()].filter(
    (file) => message.includes(file) || words.some((word) => file === word || file.endsWith(`/${word}`)),
  );
}

function whereLine(
  texts: Texts,
  fits: RegExp | ((line: string) => boolean),
  inFile: (file: string) => boolean,
  message?: string,
): Explanation | undefined {
  const test = typeof fits === 'function' ? fits : (line: string) => fits.test(line);
  for (const [file, text] of texts) {
    if (!inFile(file)) continue;
    const line = text.split('\n').findIndex(test);
    if (line >= 0) return { ...(message === undefined ? {} : { message }), source: { file, line: line + 1 } };
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    return undefined;
  }
}

function entriesOf(value: unknown, field: string): Record<string, unknown>[] {
  const list = (value as Record<string, unknown> | null | undefined)?.[field];
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}
