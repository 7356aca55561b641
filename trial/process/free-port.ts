import { createServer } from 'node:net';

/** Below the ports that the system gives to clients, so that no connection takes one between here and its use. */
const [least, most] = [15_000, 30_000];

/** A TCP port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = least + Math.floor(Math.random() * (most - least));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${least} and ${most} on loopback`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
