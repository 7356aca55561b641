// What a pod runs that stands for Open-Meteo: the trial's double, with what it gave to be read at /given on a port beside.
import { createServer } from 'node:http';
import { startOpenMeteo } from '../../../../trial/services/open-meteo.ts';

/** Its clock begins so long ago, and a second of ours is a quarter of an hour of it: each collection finds something new. */
const began = Date.now() - 60 * 86_400_000;
const quarter = 15 * 60_000;
const started = performance.now();
const many = 1e9;

const weather = await startOpenMeteo({
  address: { host: '0.0.0.0', port: 8080 },
  now: () => new Date(began + Math.floor(((performance.now() - started) / 1000) * quarter)),
  limits: { minute: many, hour: many, day: many },
});
createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(weather.given));
}).listen(8081, '0.0.0.0');
process.on('SIGTERM', () => process.exit(0));
