import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import * as assert from 'uvu/assert';
import { createPageServer } from '../../../apps/feastflow/frontend/serve/server.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';

interface Heard {
  readonly line: string;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

interface Context {
  backend: Server;
  pages: Server;
  heard: Heard[];
}

const test = suite<Context>('the pages pass on to the backend');
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) =>
  new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

test.before(async (context) => {
  context.heard = [];
  context.backend = createServer((request, answer) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      context.heard.push({ line: `${request.method} ${request.url}`, body, headers: request.headers });
      answer.end(`answer to ${request.url}`);
    });
  });
  await listening(context.backend);
  context.pages = createPageServer({
    settings: {
      port: 0,
      hostname: '127.0.0.1',
      backendUrl: `http://127.0.0.1:${portOf(context.backend)}`,
      keepAliveMilliseconds: 5000,
      drainSeconds: 0,
    },
    pages: async (_, answer) => void answer.end('a page'),
    isEnding: () => false,
    onError: () => {},
    deadline: 2000,
  });
  await listening(context.pages);
});
test.before.each(({ heard }) => {
  heard.length = 0;
});
test.after(({ backend, pages }) => {
  for (const server of [pages, backend]) {
    server?.closeAllConnections();
    server?.close();
  }
});

/** Sends it as it is, where a client of HTTP would mend it. @returns what came until the connection ended */
async function told({ pages }: Context, lines: readonly string[], body = ''): Promise<string> {
  const socket = connect(portOf(pages), '127.0.0.1');
  let text = '';
  let isClosed = false;
  socket.on('data', (data) => {
    text += data;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
  });
  socket.write(`${[...lines, 'host: shop', 'connection: close, x-of-the-hop', '', ''].join('\r\n')}${body}`);
  try {
    await until(() => isClosed, { deadline: 10_000, what: 'the end of the connection' });
  } finally {
    socket.destroy();
  }
  return text;
}

const hidden = 'GET /api/hidden HTTP/1.1\r\nhost: shop\r\n\r\n';
/** Ways to say how long a body is. */
const framings = [
  ['transfer-encoding: chunked', `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`],
  [`content-length: ${hidden.length}\r\nconnection: content-length`, hidden],
] as const;

for (const method of ['GET', 'DELETE', 'POST'])
  for (const [header, body] of framings)
    test(`a body of ${method} (${header.split('\r')[0]}) stays a body: no request hides in it`, async (context) => {
      const text = await told(context, [`${method} /api/session HTTP/1.1`, header], body);
      assert.match(text, /answer to \/api\/session/);
      // Of the same connection to the backend, if it was kept.
      assert.match(await told(context, ['GET /api/next HTTP/1.1']), /answer to \/api\/next/);
      assert.equal(
        context.heard.map((one) => [one.line, one.body]),
        [
          [`${method} /api/session`, hidden],
          ['GET /api/next', ''],
        ],
      );
    });

test('a path goes on as it came: nothing of the backend but its API is reached', async (context) => {
  for (const path of ['/api/../health', '/api/..\\..\\health']) await told(context, [`GET ${path} HTTP/1.1`]);
  assert.equal(
    context.heard.map(({ line }) => line),
    ['GET /api/../health', 'GET /api/..\\..\\health'],
  );
});

test('what is of the hop stays there, and whoever asks is added to those it speaks for', async (context) => {
  await told(context, [
    'GET /api/who HTTP/1.1',
    'x-of-the-hop: 1',
    'x-forwarded-for: 192.0.2.1',
    'x-kept: 2',
  ]);
  const { headers } = context.heard[0] as Heard;
  assert.equal(
    [headers['x-of-the-hop'], headers['x-kept'], headers['x-forwarded-for']],
    [undefined, '2', '192.0.2.1, 127.0.0.1'],
  );
});

test('a kept connection that the backend has closed meanwhile costs no one an answer, and nothing is done twice', async (context) => {
  const { backend, heard } = context;
  await told(context, ['GET /api/first HTTP/1.1']);
  // The connection is kept now, and ends as soon as something is asked on it: as a backend's does at its end.
  const ends = (_: unknown, answer: ServerResponse) => answer.socket?.destroy();
  const answering = backend.listeners('request');
  const once = (method: string) => {
    backend.removeAllListeners('request');
    backend.once('request', (request, answer) => {
      for (const listener of answering) backend.on('request', listener as RequestListener);
      ends(request, answer);
    });
    return told(context, [`${method} /api/second HTTP/1.1`]);
  };
  assert.match(await once('GET'), /answer to \/api\/second/);
  await told(context, ['GET /api/kept HTTP/1.1']);
  const refused = await once('POST');
  assert.match(refused, /^HTTP\/1.1 503 /);
  assert.not.match(refused, /ECONN|127\.0\.0\.1|hang up/);
  assert.equal(
    heard.map(({ line }) => line),
    ['GET /api/first', 'GET /api/second', 'GET /api/kept'],
  );
});

test('a backend that is slow on a kept connection is asked once', async (context) => {
  const { backend } = context;
  await told(context, ['GET /api/first HTTP/1.1']);
  const answering = backend.listeners('request');
  const slow: string[] = [];
  backend.removeAllListeners('request');
  backend.on('request', ({ url = '' }) => slow.push(url));
  try {
    assert.match(await told(context, ['GET /api/slow HTTP/1.1']), /^HTTP\/1.1 503 /);
    assert.equal(slow, ['/api/slow']);
  } finally {
    backend.removeAllListeners('request');
    for (const listener of answering) backend.on('request', listener as RequestListener);
  }
});

test.run();
