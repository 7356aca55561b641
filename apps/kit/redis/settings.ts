import { matching, number, secret, text } from '../config.ts';

/** Where Redis is: the variables that the manifests give to every worker of it. */
export const redisSettings = {
  redisHost: matching('REDIS_HOST', 'the name of the Service of Redis, as redis', /^[\w.:-]+$/),
  redisPort: number('REDIS_PORT', 'the port of Redis', { least: 1, most: 65535, fallback: 6379 }),
  redisUser: text('REDIS_USERNAME', 'the user of Redis'),
  redisPassword: secret('REDIS_PASSWORD', 'the password of REDIS_USERNAME'),
} as const;

export interface RedisConfig {
  readonly redisHost: string;
  readonly redisPort: number;
  readonly redisUser: string;
  readonly redisPassword: string;
}
