/** A bare Fastify route that gives a small JSON: what the framework alone takes. Prints its port. */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';

const app = fastify();
app.get('/', () => ({ hello: 'world' }));
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${(app.server.address() as AddressInfo).port}\n`);
