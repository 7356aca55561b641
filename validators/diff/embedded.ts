import { parseYaml, parseYamlAsWritten } from '../render/yaml.ts';

/** What a file inside a field says, and in which form. */
export interface Embedded {
  readonly format: 'json' | 'yaml' | 'properties';
  readonly value: unknown;
  /** The same, with what readers may take otherwise as it is written. */
  readonly written: unknown;
}

const byExtension: Readonly<Record<string, Embedded['format']>> = {
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  properties: 'properties',
  env: 'properties',
  ini: 'properties',
};

/** A file by its name and text; undefined where its form is not known, or the text is not of it. */
export function readEmbedded(name: string, text: string): Embedded | undefined {
  const format = byExtension[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? guess(text);
  if (format === undefined) return undefined;
  try {
    const value = readers[format](text);
    if (typeof value !== 'object' || value === null) return undefined;
    return { format, value, written: written[format]?.(text) ?? value };
  } catch {
    return undefined;
  }
}

/** A name without an ending says nothing; a brace that begins the text does. */
function guess(text: string): Embedded['format'] | undefined {
  return /^\s*[[{]/.test(text) ? 'json' : undefined;
}

const readers: Readonly<Record<Embedded['format'], (text: string) => unknown>> = {
  json: JSON.parse,
  // Several documents are compared as text.
  yaml: (text) => (/^---\s*$/m.test(text.replace(/^\s*---\s*\n/, '')) ? undefined : parseYaml(text)),
  properties: readProperties,
};

const written: Partial<Record<Embedded['format'], (text: string) => unknown>> = {
  json: (text) => JSON.parse(text, exactNumber),
  yaml: parseYamlAsWritten,
};

/** An integer that a double has not, as its text: with others it would be the same. */
function exactNumber(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? (context?.source ?? value) : value;
}

/** Lines of `name=value`, in sections or not. @throws Error for a line that is none, and for a name that comes twice */
function readProperties(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  let section = '';
  for (const line of text
    .replaceAll('\\\n', '')
    .split('\n')
    .map((one) => one.trim())) {
    if (line === '' || /^[#;!]/.test(line)) continue;
    const head = /^\[(.+)\]$/.exec(line)?.[1];
    if (head !== undefined) {
      section = `[${head}] `;
      continue;
    }
    const match = /^([^\s=:]+)\s*[=:]\s*(.*)$/.exec(line);
    if (match === null) throw new Error(`no property: ${line}`);
    const [, name = '', value = ''] = match;
    if (`${section}${name}` in found) throw new Error(`${name} comes twice`);
    found[`${section}${name}`] = value;
  }
  return found;
}
