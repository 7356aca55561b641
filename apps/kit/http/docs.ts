import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Seconds for which an answer may be used again without asking. */
    maxAge?: number;
  }
}

/** It loads nothing but its own files, and asks nobody but this server. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface DocsOptions {
  /** What stands before `/docs` and `/openapi.json`: `/api`, or nothing. */
  readonly base: string;
  readonly title: string;
  /** Where else the page leads: a path of this server, and its name. */
  readonly home?: readonly [string, string];
}

/** `<base>/openapi.json`, and `<base>/docs`: a page of ours that shows it and sends requests. */
export async function addDocs(app: FastifyInstance, { base, title, home }: DocsOptions): Promise<void> {
  const files = [
    ['', 'index.html', 'text/html; charset=utf-8'],
    ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'page.css', 'text/css; charset=utf-8'],
  ] as const;
  const link = home === undefined ? '' : ` · <a href="${home[0]}">${home[1]}</a>`;
  for (const [path, name, type] of files) {
    const text = (await readFile(join(import.meta.dirname, 'docs', name), 'utf8'))
      .replaceAll('{{base}}', base)
      .replaceAll('{{title}}', title)
      .replaceAll('{{home}}', link);
    app.get(`${base}/docs${path}`, { schema: { hide: true }, config: { maxAge: 60 } }, (_, reply) =>
      reply
        .type(type)
        .header('content-security-policy', policy)
        .header('referrer-policy', 'no-referrer')
        .send(text),
    );
  }
  app.get(`${base}/openapi.json`, { schema: { hide: true }, config: { maxAge: 60 } }, () => app.swagger());
}
