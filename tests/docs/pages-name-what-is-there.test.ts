import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..', '..');
const inDocs = (await readdir(join(root, 'docs'), { recursive: true })).map((path) => `docs/${path}`);
const pages = ['README.md', 'argocd/README.md', ...inDocs].filter((path) => path.endsWith('.md'));
const texts = await Promise.all(
  pages.map(async (page) => ({ page, text: await readFile(join(root, page), 'utf8') })),
);

test('every npm run on a page is a script of package.json', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const { page, text } of texts) {
    for (const [command, name = ''] of text.matchAll(/npm run (?!NAME)([\w:-]+)/g)) {
      assert.ok(name in scripts, `${page} says ${command}, which package.json does not have`);
    }
  }
});

test('what a page has built is brought into the cluster too, by the same command or by a deploy after it', () => {
  for (const { page, text } of texts) {
    for (const [block] of text.matchAll(/^```bash$[\s\S]*?^```$/gm)) {
      for (const [command] of block.matchAll(/^npm run images .*$/gm)) {
        assert.ok(
          /--(?:load|push) /.test(command) || block.includes('npm run deploy'),
          `${page} says ${command}: kind and minikube never pull what is built here`,
        );
      }
    }
  }
});

test('every link on a page leads to a file, and every anchor to a heading', async () => {
  for (const { page, text } of texts) {
    for (const [, link = ''] of withoutCode(text).matchAll(/\]\(([^)\s:]+)\)/g)) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(root, page) : join(root, dirname(page), path);
      const there = await access(target).then(
        () => true,
        () => false,
      );
      assert.ok(there, `${page} links to ${link}, which is not there`);
      if (anchor === undefined || !target.endsWith('.md')) continue;
      const headings = anchorsOf(withoutCode(await readFile(target, 'utf8')));
      assert.ok(headings.includes(anchor), `${page} links to ${link}, and no heading makes that anchor`);
    }
  }
});

test('each decision stands in the list once, by its number', () => {
  const index = 'docs/decisions/README.md';
  const { text = '' } = texts.find(({ page }) => page === index) ?? {};
  const rows = [...text.matchAll(/^\| \[(\d+)\]\((\S+)\)/gm)];
  for (const [, number = '', file = ''] of rows) assert.ok(file.startsWith(`${number}-`), file);
  const there = pages.filter((page) => page.startsWith('docs/decisions/') && page !== index).sort();
  assert.equal(
    rows.map(([, , file]) => `docs/decisions/${file}`),
    there,
  );
});

const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```/g, '');

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.run();
