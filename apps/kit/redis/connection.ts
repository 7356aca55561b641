import { createClient } from '@redis/client';
import type { Log } from '../log.ts';
import { within } from '../within.ts';
import { redisCode } from './errors.ts';
import type { RedisConfig } from './settings.ts';

/** What Redis answers, in the types of its older protocol: a map is a flat list of names and values. */
export type Reply = string | number | null | readonly Reply[];

export interface SendOptions {
  /** Milliseconds that the command itself may wait for something (`BLOCK`), beyond the deadline. */
  readonly block?: number;
}

/** A connection to Redis, made when it is first needed and again after it broke. Commands are answered in order. */
export interface Redis {
  /**
   * Sends one command. What no answer came for within the deadline may have been done or not: the connection is given
   * up, and with it all that waits on it; nothing is ever sent twice.
   */
  readonly send: <Answer extends Reply>(
    command: readonly (string | number)[],
    options?: SendOptions,
  ) => Promise<Answer>;
  /** Calls `listener` with each message of a channel, until the connection breaks: `onLost` is then called once. */
  readonly subscribe: (
    channel: string,
    listener: (message: string) => void,
    onLost: () => void,
  ) => Promise<void>;
  readonly close: () => void;
}

type Client = ReturnType<typeof newClient>;

/** Milliseconds that an answer may take. */
const deadline = 10_000;

/** One that waits in a blocking command should not share its connection with others, which would wait too. */
export function connectRedis(config: RedisConfig, name: string, log: Log): Redis {
  let current: { readonly client: Client; readonly ready: Promise<unknown> } | undefined;
  let closed = false;
  const giveUp = (client: Client) => {
    if (current?.client === client) current = undefined;
    if (client.isOpen) client.destroy();
  };
  const connected = async (): Promise<Client> => {
    if (closed) throw new Error('the connection to Redis was closed');
    if (current === undefined) {
      const client = newClient(config, name);
      client.on('error', (error) => {
        log.debug({ err: error }, 'the connection to Redis broke');
        giveUp(client);
      });
      client.on('end', () => giveUp(client));
      current = { client, ready: client.connect() };
    }
    const { client, ready } = current;
    try {
      await within(ready, deadline, 'Redis let nobody in');
      return client;
    } catch (error) {
      giveUp(client);
      throw error;
    }
  };
  return {
    async send<Answer extends Reply>(command: readonly (string | number)[], { block = 0 }: SendOptions = {}) {
      const client = await connected();
      try {
        const answer = client.sendCommand<Answer>(command.map(String));
        return await within(answer, deadline + block, `Redis did not answer ${command[0]}`);
      } catch (error) {
        if (redisCode(error) === undefined) giveUp(client);
        throw error;
      }
    },
    async subscribe(channel, listener, onLost) {
      const client = await connected();
      client.once('end', onLost);
      client.once('error', onLost);
      await within(client.subscribe(channel, listener), deadline, 'Redis did not answer SUBSCRIBE');
    },
    close() {
      closed = true;
      if (current !== undefined) giveUp(current.client);
    },
  };
}

function newClient({ redisHost, redisPort, redisUser, redisPassword }: RedisConfig, name: string) {
  return createClient({
    RESP: 2,
    username: redisUser,
    password: redisPassword,
    name: name.replaceAll(/\s/g, '-'),
    disableClientInfo: true,
    // What was not sent at once fails at once: whoever asked decides about another try.
    disableOfflineQueue: true,
    socket: { host: redisHost, port: redisPort, connectTimeout: 5000, reconnectStrategy: false },
  });
}
