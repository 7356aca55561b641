import { splitDocuments } from '@plumbline/validators';

/** What stands by itself: a part of a system would lack what the rest of it has. */
const standsAlone = /^kind: (?:Namespace|ConfigMap|ServiceAccount)$/m;

/**
 * A stream of `count` objects: rendered systems over and over, each time in namespaces of their own, without the node ports
 * that only one of them could have; where they no longer fit whole, what stands by itself.
 * @param stream what kustomize prints of an environment.
 * @param first the number of the first copy: streams of other numbers have no object in common.
 */
export function manyObjects(stream: string, count: number, first = 0): string {
  const documents = splitDocuments(stream);
  const alone = documents.filter((text) => standsAlone.test(text));
  const copies: string[] = [];
  for (let copy = first; copies.length < count; copy += 1) {
    const left = count - copies.length;
    const some = left < documents.length ? alone.slice(0, left) : documents;
    copies.push(...some.map((text) => inNamespaces(text, `-${copy}`)));
  }
  return copies.join('---\n');
}

function inNamespaces(text: string, suffix: string): string {
  const renamed = /^kind: Namespace$/m.test(text) ? /^( {2}name: )(\S+)$/m : /^( {2}namespace: )(\S+)$/m;
  return text.replace(renamed, `$1$2${suffix}`).replaceAll(/^ +nodePort: \d+\n/gm, '');
}
