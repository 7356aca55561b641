import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { drawLand, grid } from './land.ts';

/**
 * Builds the page into a folder (`--out`, dist by default): assets by the digest of their content, so that they may be
 * kept for ever, and beside each what nginx sends compressed.
 */
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = values.out ?? join(import.meta.dirname, 'dist');
const source = join(import.meta.dirname, 'src');

await rm(out, { recursive: true, force: true });
await mkdir(join(out, 'assets'), { recursive: true });

const worth = /\.(?:js|css|svg|json|html)$/;

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(out, path), content);
  if (worth.test(path))
    await writeFile(join(out, `${path}.gz`), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
}

/** Writes an asset and gives its URL. */
async function asset(name: string, content: string | Uint8Array): Promise<string> {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const path = `assets/${name.replace(/(\.\w+)$/, `-${digest}$1`)}`;
  await write(path, content);
  return `/${path}`;
}

async function bundle(entry: string, define: Record<string, string> = {}): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [join(source, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
    define,
    logLevel: 'warning',
    legalComments: 'none',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`${entry} gave nothing`);
  return file.contents;
}

const land = await asset('land.json', JSON.stringify(await drawLand()));
const icon = await asset('icon.svg', await readFile(join(source, 'icon.svg')));
const style = await asset('page.css', await bundle('page.css'));
const script = await asset(
  'page.js',
  await bundle('main.ts', { LAND_URL: JSON.stringify(land), LAND_GRID: String(grid) }),
);
const html = (await readFile(join(source, 'index.html'), 'utf8'))
  .replaceAll('{icon}', icon)
  .replace('{style}', style)
  .replace('{script}', script)
  .replace('{land}', land);
await write('index.html', html);
