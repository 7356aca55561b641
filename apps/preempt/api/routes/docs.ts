import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const folder = join(import.meta.dirname, '..', 'docs');

/** It loads nothing but its own files, and asks nobody but this server. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** `/api/openapi.json`, and `/api/docs`: a page of ours that shows it and sends requests. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  const files = [
    ['/api/docs', 'index.html', 'text/html; charset=utf-8'],
    ['/api/docs/page.js', 'page.js', 'text/javascript; charset=utf-8'],
    ['/api/docs/page.css', 'page.css', 'text/css; charset=utf-8'],
  ] as const;
  for (const [url, name, type] of files) {
    const text = await readFile(join(folder, name), 'utf8');
    app.get(url, { schema: { hide: true }, config: { maxAge: 60 } }, (_, reply) =>
      reply
        .type(type)
        .header('content-security-policy', policy)
        .header('referrer-policy', 'no-referrer')
        .send(text),
    );
  }
  app.get('/api/openapi.json', { schema: { hide: true }, config: { maxAge: 60 } }, () => app.swagger());
}
