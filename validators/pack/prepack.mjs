/**
 * Makes what the package holds, before `npm pack` reads it: JavaScript and types of every module (Node does not strip
 * types below node_modules), the files that they read, and the manifest of a package rather than of a workspace.
 *
 * It is plain JavaScript: npm runs it on whatever Node the machine has. `postpack.mjs` puts the manifest back.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { restoreManifest, saveManifest } from './manifest.mjs';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');

restoreManifest(root);
rmSync(dist, { recursive: true, force: true });
const compiled = spawnSync('tsc', ['-p', join(root, 'pack', 'tsconfig.json')], {
  stdio: 'inherit',
  timeout: 5 * 60_000,
  shell: process.platform === 'win32',
});
if (compiled.error || compiled.status !== 0) {
  process.stderr.write(
    `tsc did not compile the package${compiled.error ? `: ${compiled.error.message}` : ''}\n`,
  );
  process.exit(1);
}

/** Folders beside the modules that are no part of the package. */
const leftOut = /^(?:dist|pack|node_modules|schemas\/generate)(?:\/|$)/;
for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  const file = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
  const isData = /\.(?:json|css|js)$/.test(file) && file.includes('/');
  if (!entry.isFile() || leftOut.test(file) || !isData) continue;
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  cpSync(join(root, file), join(dist, file));
}
// What kustomize and kubeconform are built from where they are not on PATH.
for (const file of ['go.mod', 'go.sum']) {
  mkdirSync(join(dist, 'pins'), { recursive: true });
  cpSync(join(dirname(root), 'tools', file), join(dist, 'pins', file));
}
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.name.endsWith('.d.ts')) continue;
  const file = join(entry.parentPath, entry.name);
  // The compiler leaves the sources' own extension in declarations.
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2'));
}
saveManifest(root);
