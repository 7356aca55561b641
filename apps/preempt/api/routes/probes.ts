import type { Redis } from '@plumbline/kit/redis';
import type { FastifyInstance } from 'fastify';
import { remember } from '../remember.ts';

export interface ProbeOptions {
  readonly redis: Redis;
  /** The schema's version in the database. */
  readonly schemaVersion: () => Promise<number>;
  readonly wanted: number;
  readonly isEnding: () => boolean;
}

/** Below what the readiness probe waits. */
const deadline = 2000;

/** `/health` asks nobody; `/ready` asks MySQL and Redis, at most once a second. */
export function addProbes(app: FastifyInstance, options: ProbeOptions): void {
  const { redis, schemaVersion, wanted, isEnding } = options;
  const asked = remember<string[]>({ milliseconds: 1000, most: 1 });
  const lacking = () =>
    asked('', async () => {
      const [schema, pong] = await Promise.all([
        answer(schemaVersion()),
        answer(redis.send<string>(['PING'])),
      ]);
      const why: string[] = [];
      if (schema instanceof Error) why.push(`MySQL does not answer: ${schema.message}`);
      else if (schema < wanted) why.push(`the schema is at ${schema} of ${wanted}: see the Job migrate`);
      if (pong instanceof Error) why.push(`Redis does not answer: ${pong.message}`);
      return why;
    });
  app.get('/health', { schema: { hide: true } }, (_, reply) =>
    reply.header('cache-control', 'no-store').type('text/plain').send('ok\n'),
  );
  app.get('/ready', { schema: { hide: true } }, async (_, reply) => {
    const why = isEnding() ? ['it ends: requests go to others'] : await lacking();
    return reply
      .status(why.length === 0 ? 200 : 503)
      .header('cache-control', 'no-store')
      .type('text/plain')
      .send(`${why.length === 0 ? 'ok' : why.join('\n')}\n`);
  });
}

async function answer<Value>(work: Promise<Value>): Promise<Value | Error> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`not within ${deadline / 1000} s`)), deadline);
  });
  try {
    return await Promise.race([work.catch((error: Error) => error), late]);
  } finally {
    clearTimeout(timer);
  }
}
