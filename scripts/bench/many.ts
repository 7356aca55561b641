import { splitDocuments } from '@plumbline/validators';

/**
 * A stream of `count` objects: rendered systems over and over, each time in namespaces of their own, without the node ports
 * that only one of them could have.
 * @param stream what kustomize prints of an environment.
 */
export function manyObjects(stream: string, count: number): string {
  const documents = splitDocuments(stream);
  const copies: string[] = [];
  for (let copy = 0; copies.length < count; copy += 1) {
    for (const text of documents.slice(0, count - copies.length)) copies.push(inNamespaces(text, `-${copy}`));
  }
  return copies.join('---\n');
}

function inNamespaces(text: string, suffix: string): string {
  const renamed = /^kind: Namespace$/m.test(text) ? /^( {2}name: )(\S+)$/m : /^( {2}namespace: )(\S+)$/m;
  return text.replace(renamed, `$1$2${suffix}`).replaceAll(/^ +nodePort: \d+\n/gm, '');
}
