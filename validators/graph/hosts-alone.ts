import type { Address } from './addresses.ts';
import { isBareHost } from './host-names.ts';
import { isNoDestination, wordsOf } from './setting-names.ts';

/** Last words of a name whose value is a host by itself. */
export const hostWords = new Set([
  'host',
  'hostname',
  'pghost',
  'dbhost',
  'mysqlhost',
  'redishost',
  'mongohost',
]);

/** Last words of a name whose value may be one; a port beside it, or a dot in it, makes it sure. */
const looseWords = new Set(
  (
    'hosts server servers addr address addresses master seed seeds endpoint endpoints url uri broker brokers node nodes peers ' +
    'quorum service contactpoints upstream'
  ).split(' '),
);

/** A host alone, with the port that a variable of the same family names. */
export function hostOnly(
  name: string,
  value: string,
  sibling: (name: string) => string | undefined,
): Address[] {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  // HOSTNAME alone is what a container calls itself.
  const strict = hostWords.has(last) && !(words.length === 1 && last === 'hostname');
  if ((!strict && !looseWords.has(last) && last !== 'hostname') || isNoDestination(name)) return [];
  const hosts = value.split(',').map((part) => part.trim());
  if (!hosts.every(isBareHost)) return [];
  const family = name.replace(/(?:hostname|hosts?|servers?|address|addr|master|seeds?)$/i, '');
  const port = Number(
    sibling(`${family}PORT`) ?? sibling(`${family}port`) ?? sibling(`${family}Port`) ?? Number.NaN,
  );
  const known = Number.isInteger(port) && port > 0 ? port : undefined;
  return hosts.map((host) => ({
    host,
    port: known,
    scheme: undefined,
    text: host,
    certainty: strict || known !== undefined || host.includes('.svc') ? 'told' : 'likely',
  }));
}
