import { dirname, join } from 'node:path/posix';
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Source } from '../finding.ts';
import type { Generator } from '../kustomization/origin.ts';
import { type Selected, type Selector, selects } from '../kustomization/select.ts';
import type { Step } from '../kustomization/tree.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { descend } from './descend.ts';
import { blockIn, type Documents, type PlacedDocument } from './documents.ts';

/** Where a step wrote a field of an object, or something around it. */
export interface Write {
  readonly source: Source;
  /** How many steps of the path it holds. */
  readonly depth: number;
  /** True when it took the place of whatever stood there before. */
  readonly whole: boolean;
}

/** The field that is looked for, and the object that has it. */
export interface Sought {
  readonly object: KubernetesObject;
  readonly selected: Selected;
  readonly steps: readonly (string | number)[];
  /** What the object has there. */
  readonly value: unknown;
  /** The line of the text there that is meant, from 1, where it is known. */
  readonly within?: number | undefined;
}

function at(step: Step, path: readonly (string | number)[], documents: Documents): Source {
  const [document] = documents.of(step.file);
  if (document === undefined) return { file: step.file };
  const [, field = step.field, index] = /^(\w+)(?:\[(\d+)\])?$/.exec(step.field) ?? [];
  const steps = [field, ...(index === undefined ? [] : [Number(index)]), ...path];
  return { file: step.file, line: document.lineOf(descend(document.contents, steps).offset) };
}

interface PatchEntry {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
}

/** The documents of a patch, wherever it stands. */
function patchDocuments(
  step: Step,
  documents: Documents,
): { readonly file: string; readonly documents: readonly PlacedDocument[] } {
  const entry = (typeof step.entry === 'string' ? { path: step.entry } : (step.entry ?? {})) as PatchEntry;
  const inline = typeof step.entry === 'string' && step.entry.includes('\n');
  if (entry.path !== undefined && !inline) {
    const file = join(dirname(step.file), entry.path);
    return { file, documents: documents.of(file) };
  }
  const [kustomization] = documents.of(step.file);
  const [, field = '', index = ''] = /^(\w+)\[(\d+)\]$/.exec(step.field) ?? [];
  const block = kustomization && blockIn(kustomization, [field, Number(index), ...(inline ? [] : ['patch'])]);
  return { file: step.file, documents: block === undefined ? [] : documents.placed(block.text, block.above) };
}

/** What a patch wrote: a strategic merge or a list of JSON operations. */
export function patchWrites(step: Step, sought: Sought, documents: Documents): Write[] {
  const { target } = (typeof step.entry === 'object' && step.entry !== null ? step.entry : {}) as PatchEntry;
  if (target !== undefined && !selects(target, sought.selected)) return [];
  const patch = patchDocuments(step, documents);
  return patch.documents.flatMap((document): Write[] => {
    const { contents, lineOf } = document;
    if (isSeq(contents))
      return target === undefined ? [] : operations(contents.items, patch.file, lineOf, sought);
    if (!isMap(contents)) return [];
    if (target === undefined && !describes(contents, sought)) return [];
    if (identifies(sought.steps, step.entry)) return [];
    const { offset, depth, removed } = descend(contents, sought.steps, sought.object);
    return depth === 0 ? [] : [{ source: { file: patch.file, line: lineOf(offset) }, depth, whole: removed }];
  });
}

/** True for what only says which object a patch is for, unless the patch may change it. */
function identifies(steps: readonly (string | number)[], entry: unknown): boolean {
  const { options } = (entry ?? {}) as {
    readonly options?: { readonly allowKindChange?: boolean; readonly allowNameChange?: boolean };
  };
  switch (steps.join('/')) {
    case 'apiVersion':
    case 'kind':
      return options?.allowKindChange !== true;
    case 'metadata/name':
    case 'metadata/namespace':
      return options?.allowNameChange !== true;
    default:
      return false;
  }
}

function describes(contents: Node, { selected }: Sought): boolean {
  if (!isMap(contents)) return false;
  const name = contents.getIn(['metadata', 'name']);
  return selected.kinds.includes(String(contents.get('kind'))) && selected.names.includes(String(name));
}

function operations(
  items: readonly unknown[],
  file: string,
  lineOf: PlacedDocument['lineOf'],
  { steps, object }: Sought,
): Write[] {
  return items.flatMap((operation): Write[] => {
    if (!isMap(operation) || operation.get('op') === 'test') return [];
    const path = operation.get('path', true);
    if (!isScalar(path) || typeof path.value !== 'string') return [];
    const named = path.value
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    let rendered: unknown = object;
    const leads =
      named.length <= steps.length &&
      named.every((step, index) => {
        const wanted = steps[index];
        const last = Array.isArray(rendered) && wanted === rendered.length - 1;
        rendered = (rendered as Readonly<Record<string, unknown>> | undefined)?.[wanted as string];
        return String(wanted) === step || (step === '-' && last);
      });
    if (!leads) return [];
    const value = operation.get('value', true);
    const inside = descend((value as Node | undefined) ?? null, steps.slice(named.length), rendered);
    const offset =
      inside.depth > 0 ? inside.offset : offsetOf(operation, value === undefined ? 'path' : 'value');
    return [{ source: { file, line: lineOf(offset) }, depth: named.length + inside.depth, whole: true }];
  });
}

/** Where a field of an operation begins. */
function offsetOf(operation: YAMLMap, field: string): number {
  const pair = operation.items.find(({ key }) => isScalar(key) && key.value === field);
  return (isScalar(pair?.key) ? pair.key.range?.[0] : undefined) ?? operation.range?.[0] ?? 0;
}

/** Everything else that writes: names, namespaces, labels, counts, images, replacements, generators. */
export function changeWrites(step: Step, sought: Sought, documents: Documents): Write[] {
  const { steps, selected } = sought;
  const path = steps.join('/');
  const write = (within: readonly (string | number)[] = []): Write[] => [
    { source: at(step, within, documents), depth: steps.length, whole: true },
  ];
  const entry = (step.entry ?? {}) as Readonly<Record<string, unknown>>;
  switch (step.action) {
    case 'prefix':
    case 'suffix':
      return path === 'metadata/name' ? write() : [];
    case 'namespace':
      return path === (sought.object.kind === 'Namespace' ? 'metadata/name' : 'metadata/namespace')
        ? write()
        : [];
    case 'replicas':
      return path === 'spec/replicas' && selected.names.includes(String(entry.name)) ? write(['count']) : [];
    case 'image':
      return imageWritten(entry, sought)
        ? write([['newTag', 'digest', 'newName', 'name'].find((key) => key in entry) ?? 'name'])
        : [];
    case 'labels':
      return labelWritten(step, entry, steps)
        ? write(step.field === 'commonLabels' ? [steps.at(-1) ?? ''] : ['pairs', steps.at(-1) ?? ''])
        : [];
    case 'annotations':
      return /(?:^|\/)metadata\/annotations\//.test(path) && Object.hasOwn(entry, String(steps.at(-1)))
        ? write([steps.at(-1) ?? ''])
        : [];
    case 'replacement':
      return replaced(entry as Replacement, step, sought, documents);
    case 'generator':
      return generated(entry as Generator, step, sought, documents);
    default:
      return [];
  }
}

function imageWritten(entry: Readonly<Record<string, unknown>>, { steps, value }: Sought): boolean {
  if (steps.at(-1) !== 'image' || typeof value !== 'string') return false;
  const repository = value.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return repository === (entry.newName ?? entry.name);
}

interface FieldSpec {
  readonly path?: string;
}

function labelWritten(
  step: Step,
  entry: Readonly<Record<string, unknown>>,
  steps: readonly (string | number)[],
): boolean {
  const whole = step.field === 'commonLabels';
  const pairs = (whole ? entry : entry.pairs) as Readonly<Record<string, unknown>> | undefined;
  if (pairs === undefined || !Object.hasOwn(pairs, String(steps.at(-1)))) return false;
  const map = steps
    .slice(0, -1)
    .filter((one) => typeof one === 'string')
    .join('/');
  if (map === 'metadata/labels') return true;
  const templates = whole || entry.includeSelectors === true || entry.includeTemplates === true;
  if (templates && /template\/metadata\/labels$/.test(map)) return true;
  if ((whole || entry.includeSelectors === true) && /(?:^spec\/selector|matchLabels)$/.test(map)) return true;
  return ((entry.fields ?? []) as readonly FieldSpec[]).some(
    ({ path = '' }) => path.replaceAll('[]', '').replaceAll('//', '/') === map,
  );
}

interface Replacement {
  readonly path?: string;
  readonly targets?: readonly { readonly select?: Selector; readonly fieldPaths?: readonly string[] }[];
}

/** `spec.containers.[name=api].image` as the steps that it leads to in an object; undefined for one that leads nowhere. */
function leadsTo(fieldPath: string, object: unknown): (string | number)[] | undefined {
  const parts = [...fieldPath.matchAll(/\[([^\]]*)\]|((?:\\.|[^.\\])+)/g)].map(
    ([, bracket, plain = '']) => bracket ?? plain.replaceAll('\\.', '.'),
  );
  let value: unknown = object;
  const steps: (string | number)[] = [];
  for (const part of parts) {
    const [, key, wanted] = /^([\w-]+)=(.*)$/.exec(part) ?? [];
    if (Array.isArray(value)) {
      const list: readonly unknown[] = value;
      const index =
        key === undefined
          ? Number(part)
          : list.findIndex((item) => String((item as Readonly<Record<string, unknown>>)?.[key]) === wanted);
      if (!Number.isInteger(index) || index < 0) return undefined;
      steps.push(index);
      value = list[index];
    } else {
      steps.push(part);
      value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
    }
  }
  return steps;
}

function replaced(
  entry: Replacement,
  step: Step,
  { steps, selected, object }: Sought,
  documents: Documents,
): Write[] {
  if (typeof entry.path === 'string') return [];
  return (entry.targets ?? []).flatMap(({ select, fieldPaths = ['metadata.name'] }, index) => {
    if (select !== undefined && !selects(select, selected)) return [];
    return fieldPaths.flatMap((fieldPath, position): Write[] => {
      const named = leadsTo(fieldPath, object);
      if (named === undefined || named.join('/') !== steps.join('/')) return [];
      return [
        {
          source: at(step, ['targets', index, 'fieldPaths', position], documents),
          depth: steps.length,
          whole: true,
        },
      ];
    });
  });
}

/** What a generator put under a key: a literal, a line of a file of variables, or a whole file. */
function generated(
  entry: Generator,
  step: Step,
  { steps, selected, within }: Sought,
  documents: Documents,
): Write[] {
  const kind = step.field.startsWith('secretGenerator') ? 'Secret' : 'ConfigMap';
  if (!selected.kinds.includes(kind) || !selected.names.includes(entry.name ?? '')) return [];
  const [field, key] = steps;
  const merges = entry.behavior === 'merge';
  const base: Write = { source: at(step, [], documents), depth: Math.min(steps.length, 2), whole: true };
  if ((field !== 'data' && field !== 'binaryData') || key === undefined) return merges ? [] : [base];
  const full = (source: Source): Write[] => [{ source, depth: steps.length, whole: true }];
  const literal = (entry.literals ?? []).findIndex((text) => text.slice(0, text.indexOf('=')) === key);
  if (literal >= 0) return full(at(step, ['literals', literal], documents));
  for (const file of entry.files ?? []) {
    const [name = '', path = file] = file.includes('=')
      ? [file.slice(0, file.indexOf('=')), file.slice(file.indexOf('=') + 1)]
      : [file.split('/').at(-1)];
    const source = { file: join(dirname(step.file), path) };
    if (name === key) return full(within === undefined ? source : { ...source, line: within });
  }
  for (const file of [...(entry.envs ?? []), ...(entry.env === undefined ? [] : [entry.env])]) {
    const path = join(dirname(step.file), file);
    const line = (documents.text(path) ?? '').split('\n').findIndex((text) => text.startsWith(`${key}=`));
    if (line >= 0) return full({ file: path, line: line + 1 });
  }
  return merges ? [] : [base];
}
