import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, relative, sep } from 'node:path';
import { parseArgs, promisify } from 'node:util';

/**
 * Builds the pages into a folder that `node server.js` serves, and prints its path. Nothing is asked of the network.
 * `--out` is that folder; without it the folder is in the repository's .cache, named by what it is built of, and one that is
 * there is not built again.
 */
const here = import.meta.dirname;
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const require = createRequire(import.meta.url);
const next = require.resolve('next/dist/bin/next');
/** The folder whose node_modules have what is imported: this one in the image, the repository's root otherwise. */
const modules = next.slice(0, next.lastIndexOf(`${sep}node_modules${sep}`));
/** What a build leaves behind, and is no part of it. */
const made = new Set(['node_modules', '.next', 'out']);

if (values.out === undefined) await buildOnce();
else await build(here, values.out);

async function buildOnce(): Promise<void> {
  const cache = join(modules, '.cache/feastflow-frontend');
  const out = join(cache, await digest());
  const isThere = await access(join(out, 'server.js')).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    // In a place of its own: two that build the same do not meet, and Next.js writes into its sources.
    const work = join(cache, `work-${process.pid}`);
    try {
      const source = join(work, 'source');
      const isSource = (path: string) => path === here || !made.has(basename(path));
      await cp(here, source, { recursive: true, filter: isSource });
      await build(source, join(work, 'out'));
      await rename(join(work, 'out'), out).catch((error) => {
        // Another was faster.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  process.stdout.write(`${out}\n`);
}

async function digest(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const name of ['next', 'react', 'react-dom'])
    hash.update(`\0${name} ${require(`${name}/package.json`).version}`);
  const files = await Array.fromAsync(
    glob('**/*', { cwd: here, withFileTypes: true, exclude: ({ name }) => made.has(name) }),
  );
  const paths = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const path of paths.sort()) hash.update(`\0${relative(here, path)}\0`).update(await readFile(path));
  return hash.digest('hex').slice(0, 12);
}

async function build(source: string, out: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [next, 'build'], {
      cwd: source,
      timeout: 540_000,
      maxBuffer: 16 * 1024 * 1024,
      // A CI is told of what is lacking; elsewhere Next.js would install it.
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: '1', MODULES_ROOT: modules },
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`next build failed:\n${stdout}\n${stderr}`, { cause: error });
  }
  const standalone = join(source, '.next/standalone');
  const folder = join(standalone, relative(modules, source));
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const keep = { recursive: true, verbatimSymlinks: true };
  await cp(join(standalone, 'node_modules'), join(out, 'node_modules'), keep);
  // No picture is changed here, and what could change one is the largest part.
  for (const name of ['sharp', '@img'])
    await rm(join(out, 'node_modules', name), { recursive: true, force: true });
  await cp(join(folder, '.next'), join(out, '.next'), keep);
  await cp(join(source, '.next/static'), join(out, '.next/static'), keep);
  await cp(join(source, 'serve'), join(out, 'serve'), keep);
  await cp(join(source, 'package.json'), join(out, 'package.json'));
  await writeFile(join(out, 'server.js'), "import './serve/main.ts';\n");
}
