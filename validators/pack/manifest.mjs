import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the workspace's manifest is while that of the package stands in its place. */
const saved = 'package.json.workspace';

/** Puts the package's manifest in place of the workspace's: what `publishConfig` says, and no scripts. */
export function saveManifest(root) {
  const file = join(root, 'package.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(join(root, saved), text);
  const { publishConfig, scripts: _, ...manifest } = JSON.parse(text);
  writeFileSync(file, `${JSON.stringify({ ...manifest, ...publishConfig }, null, 2)}\n`);
}

/** Puts the workspace's manifest back, where it is not there: after packing, and after a packing that was broken off. */
export function restoreManifest(root) {
  if (existsSync(join(root, saved))) renameSync(join(root, saved), join(root, 'package.json'));
}
