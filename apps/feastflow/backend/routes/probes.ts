import { within } from '@plumbline/kit';
import type { FastifyInstance } from 'fastify';

export interface ProbeOptions {
  /** The schema's version in the database. */
  readonly schemaVersion: () => Promise<number>;
  readonly wanted: number;
  readonly isEnding: () => boolean;
}

/** Below what the readiness probe waits. */
const deadline = 2000;

/** `/health` asks nobody; `/ready` asks the database. */
export function addProbes(app: FastifyInstance, { schemaVersion, wanted, isEnding }: ProbeOptions): void {
  const lacking = async () => {
    if (isEnding()) return 'it ends: requests go to others';
    try {
      const schema = await within(schemaVersion(), deadline, 'it did not answer');
      return schema >= wanted
        ? undefined
        : `the schema is at ${schema} of ${wanted}: see the Job feastflow-migrate`;
    } catch (error) {
      return `the database does not answer: ${(error as Error).message}`;
    }
  };
  const options = { schema: { hide: true } };
  app.get('/health', options, (_, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/ready', options, async (_, reply) => {
    const why = await lacking();
    return reply
      .status(why === undefined ? 200 : 503)
      .type('text/plain')
      .send(`${why ?? 'ok'}\n`);
  });
}
