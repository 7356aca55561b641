import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { addresses, inside } from '../layout.ts';

/**
 * Opens a port of the host's loopback that leads to a port of the node.
 *
 * @param host the port; 0 for any that is free
 * @returns the port
 * @throws Error when the port is taken.
 */
export async function forwardPort(host: number, node: number): Promise<number> {
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ path: inside.relay }, () => {
      far.write(`${addresses.node} ${node}\n`);
      near.pipe(far).pipe(near);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(host, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${host} of this machine is taken: end what listens there, or another cluster`);
  });
  return (server.address() as AddressInfo).port;
}
