/** Times one client in a process of its own: `one.ts CLIENT produce|consume ADDRESS TOPIC COUNT`; prints JSON. */
import type { BenchClient } from './client.ts';
import { kafkajs } from './kafkajs.ts';
import { platformaticFetch, platformaticStream } from './platformatic.ts';

const clients: Readonly<Record<string, BenchClient>> = {
  kafkajs,
  'platformatic-stream': platformaticStream,
  'platformatic-fetch': platformaticFetch,
};

const [name = '', way = '', address = '', topic = '', count = '0'] = process.argv.slice(2);
const client = clients[name];
if (client === undefined) throw new Error(`no client ${name}; one of ${Object.keys(clients).join(', ')}`);
const before = process.cpuUsage();
const start = performance.now();
const within =
  way === 'produce'
    ? await client.produce(address, topic, Number(count))
    : await client.consume(address, topic, Number(count));
const milliseconds = within ?? performance.now() - start;
const { user, system } = process.cpuUsage(before);
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ milliseconds, cpu: (user + system) / 1000, megabytes })}\n`);
process.exit(0);
