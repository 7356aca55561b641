export { connectRedis, type Redis, type Reply, type SendOptions } from './connection.ts';
export { isUnavailable, redisCode } from './errors.ts';
export { pairs } from './reply.ts';
export { type RedisConfig, redisSettings } from './settings.ts';
