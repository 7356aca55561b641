import { matching, number, secret, text } from '../config.ts';

/** Where the database is: the variables that the manifests give to every worker of it. */
export const mysqlSettings = {
  host: matching('DB_HOST', 'the name of the Service of the database, as mysql', /^[\w.:-]+$/),
  port: number('DB_PORT', 'the port of the database', { least: 1, most: 65535, fallback: 3306 }),
  database: text('DB_NAME', 'the name of the database'),
  user: text('DB_USER', 'the login of the database'),
  password: secret('DB_PASSWORD', 'the password of DB_USER'),
} as const;

export interface MysqlConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}
