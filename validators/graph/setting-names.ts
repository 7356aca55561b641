import { remember } from '../text/remember.ts';

/** Words of a setting's name, in lower case: `spring.datasource.url`, `DB_HOST`, `baseUrl`, `--bootstrap-server`. */
export const wordsOf: (name: string) => readonly string[] = remember(
  (name) =>
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== ''),
  (name) => (name.length > 200 ? undefined : name),
);

/** Words of a setting's name that say that its value is nothing to connect to, whatever it looks like. */
const elsewhereWords = new Set(
  (
    'image images version tag listen listener listeners bind advertise advertised cors origin origins allowed public issuer ' +
    'audience runbook description summary doc docs documentation homepage help support xmlns href callback redirect ' +
    'license copyright referer referrer realm logo icon title message note notes comment'
  ).split(' '),
);

/** Ends of a name that say the same together: an application's own address, as browsers know it. */
const ownAddress =
  /^\$schema$|(?:external|root|site|canonical|web)[_.-]?(?:url|uri)$|service[_.-]?name$|server[_.-]name$/i;

/** True for a setting whose value is no address to connect to: an image, a listener, a link for people. */
export function isNoDestination(name: string): boolean {
  return ownAddress.test(name) || wordsOf(name).some((word) => elsewhereWords.has(word));
}

/** Words of a name whose `word:number` is a user and a password, or an owner. */
const credentialWords = new Set(
  'auth user users username password pass passwd secret token credentials credential login key uid gid owner'.split(
    ' ',
  ),
);

/** True for a setting that may hold `name:number` without meaning a host. */
export function isCredential(name: string): boolean {
  return wordsOf(name).some((word) => credentialWords.has(word));
}
