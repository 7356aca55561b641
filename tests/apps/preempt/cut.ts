import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** Something between a worker and a server that sees each thing that either says. */
export interface Cut {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * Stands between a worker and the server at a port. `onStep` is called before each piece that either sends is passed on;
 * what it returns false for is not, and both ends are cut off; what it swallows is gone, and both wait on.
 */
export async function startCut(
  server: number,
  onStep: (from: 'worker' | 'server', piece: Buffer) => boolean | 'swallow',
): Promise<Cut> {
  const sockets = new Set<Socket>();
  const listener = createServer((worker) => {
    const onward = connect({ port: server, host: '127.0.0.1' });
    const ways = [
      [worker, onward, 'worker'],
      [onward, worker, 'server'],
    ] as const;
    for (const [from, to, name] of ways) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (piece: Buffer) => {
        const passes = onStep(name, piece);
        if (passes === true) to.write(piece);
        else if (passes === false) for (const socket of [worker, onward]) socket.destroy();
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
