import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages stand in package.json by their version. */
const passedOver = /^(?:node_modules|dist|\..*)$/;

/**
 * A digest of code and of the data beside it: every file of the folders, and the Node that runs them. With another one,
 * what was judged before is judged anew.
 * @throws Error when a folder cannot be read.
 */
export function codeVersion(folders: readonly string[] = [import.meta.dirname]): string {
  const hash = createHash('sha256').update(process.version);
  for (const folder of folders) add(hash, folder, '');
  return hash.digest('hex');
}

function add(hash: ReturnType<typeof createHash>, folder: string, inside: string): void {
  const entries = readdirSync(join(folder, inside), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(inside, entry.name);
    if (passedOver.test(entry.name)) continue;
    if (entry.isDirectory()) {
      if (!isSchemas(inside, entry.name)) add(hash, folder, path);
    } else if (entry.isFile())
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(folder, path)))
        .update('\0');
  }
}

/** The folders of vendored schemas, one an API group: whoever uses one keeps its digest. Their readers stand beside them. */
function isSchemas(inside: string, name: string): boolean {
  return inside === 'schemas' && name !== 'generate';
}
