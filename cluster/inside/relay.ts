/**
 * Runs in the cluster's network: whoever connects to its socket names an address and a port in a first line, and is
 * led there. Nothing waits for more to send: a request in two writes would stand 40 ms each time.
 */
import { connect, createServer, type Socket } from 'node:net';

const [path] = process.argv.slice(2);

createServer({ noDelay: true }, (near) => {
  near.on('error', () => near.destroy());
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\n');
    if (end < 0) return;
    near.off('data', read);
    near.pause();
    const [host = '', port = ''] = head.subarray(0, end).toString('utf8').split(' ');
    lead(near, host, Number(port), head.subarray(end + 1));
  };
  near.on('data', read);
}).listen(path);

function lead(near: Socket, host: string, port: number, first: Buffer): void {
  const far = connect({ host, port, noDelay: true }, () => {
    if (first.length > 0) far.write(first);
    near.pipe(far).pipe(near);
    near.resume();
  });
  far.on('error', () => near.destroy());
  far.on('close', () => near.destroy());
  near.on('close', () => far.destroy());
}
