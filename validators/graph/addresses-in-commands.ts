import { remember } from '../text/remember.ts';
import { type Address, addressList, unique, urls } from './addresses.ts';
import { clientFlags, cqlshTarget, withoutFlags } from './client-flags.ts';
import { dataSourceNames } from './data-source-names.ts';
import { isBareHost, isHostName, portOf } from './host-names.ts';
import { withoutPlaceholders } from './placeholders.ts';
import { isCredential, isNoDestination } from './setting-names.ts';
import {
  bareOf,
  commandsIn,
  expanded,
  programOf,
  separator,
  shells,
  variablesOf,
  withoutHereDocuments,
} from './shell.ts';

/** Addresses in a command with its arguments: as words, or as a script where a shell runs one. */
export const addressesInCommandLine: (words: readonly string[]) => readonly Address[] = remember(
  readCommandLine,
  (words) => JSON.stringify(words),
);

function readCommandLine(words: readonly string[]): Address[] {
  const shell = words.findIndex((word) => /(?:^|\/)(?:ba|da|a)?sh$/.test(word));
  if (shell >= 0 && words.slice(shell + 1).some((word) => /^-\w*c$/.test(word))) {
    const script = words.slice(shell + 1).find((word) => !word.startsWith('-')) ?? '';
    return addressesInScript(script);
  }
  const found = addressesInCommand(words);
  const scripts = words.filter((word) => word.includes('\n')).flatMap(addressesInScript);
  return unique([...found, ...scripts]);
}

/** Addresses in a shell command line or script: URLs, `nc host port`, client flags, words of the form host:port. */
export function addressesInScript(script: string): Address[] {
  const variables = variablesOf(script);
  const { text, handedOn } = withoutHereDocuments(script);
  const found = handedOn.flatMap((line) => expanded(line, variables).flatMap(urls));
  const whole = commandsIn(bareOf(text));
  // With a quote that is never closed, each line stands for itself.
  const commands =
    whole ?? text.split('\n').flatMap((line) => commandsIn(bareOf(line)) ?? [line.split(/\s+/)]);
  for (const words of commands) {
    for (const line of expanded(words.join(separator), variables)) {
      found.push(...addressesInCommand(line.split(separator)));
    }
  }
  return unique(found);
}

/** Commands whose words of the form `name:number` are owners, not addresses. */
const owners = new Set(['chown', 'chgrp', 'install', 'setpriv', 'gosu', 'su-exec', 'runuser', 'usermod']);

/** Commands that talk about addresses, to people. */
const speakers = new Set([
  'echo',
  'printf',
  'log',
  'logger',
  ':',
  'true',
  'info',
  'warn',
  'error',
  'die',
  'fail',
]);

/** Commands that look a name up, and connect to nobody. */
const lookups = new Set(['nslookup', 'getent', 'dig', 'host', 'ping']);

/** `('kafka', 9092)`, as Python and its likes name an address. */
const pair = /["']([a-z0-9.-]+)["']\s*,\s*(\d{2,5})\b/g;

/** Addresses in one simple command, given as its words. */
export function addressesInCommand(words: readonly string[]): Address[] {
  const program = programOf(words);
  if (owners.has(program)) return [];
  const inner = words.flatMap((word) => [
    ...(/\s/.test(word) && (shells.test(program) || /\$\(/.test(word))
      ? addressesInScript(
          shells.test(program)
            ? word
            : [...word.matchAll(/\$\(([^()]*)\)/g)].map(([, run]) => run).join('\n'),
        )
      : []),
    ...[
      ...word.matchAll(/\/dev\/tcp\/([a-z0-9.-]+)\/(\d+)/g),
      ...(/\s|\(/.test(word) ? word.matchAll(pair) : []),
    ].flatMap(([text, host = '', port]): Address[] =>
      isHostName(host) ? [{ host, port: portOf(port), scheme: undefined, text, certainty: 'told' }] : [],
    ),
  ]);
  if (shells.test(program) && inner.length > 0) return inner;
  if (speakers.has(program) && !words.some((word) => /^\d?>{1,2}/.test(word))) return inner;
  const plain = words.filter((word) => !word.startsWith('-'));
  const own = plain.findIndex((word) => word.split('/').at(-1) === program);
  const operands = plain.slice(own + 1);
  if (lookups.has(program)) {
    const name =
      operands.filter((word) => !['hosts', 'ahosts', 'ahostsv4', '+short'].includes(word))[0] ?? '';
    return isBareHost(name)
      ? [{ host: name, port: undefined, scheme: undefined, text: name, certainty: 'told', lookup: true }]
      : [];
  }
  const found = [
    ...inner,
    ...words.flatMap((word, index) => (isNoDestination(flagOf(words, index)) ? [] : urls(word))),
    // `psql "host=db dbname=shop"`, `--primary-conninfo=host=db user=replicator`.
    ...words.flatMap((word) =>
      dataSourceNames(withoutPlaceholders(word.replace(/^--?[\w-]+=(?=\w+=)/, '')), isHostName),
    ),
  ];
  if (['nc', 'ncat', 'netcat', 'telnet', 'cqlsh'].includes(program)) {
    const values =
      program === 'cqlsh'
        ? withoutFlags(words.slice(words.findIndex((word) => word.endsWith(program)) + 1))
        : operands;
    const names = values.filter((word) => isHostName(word) || /^\d+$/.test(word));
    const [host = '', port] = program === 'cqlsh' ? cqlshTarget(names) : names.slice(-2);
    const number = portOf(port);
    if (isHostName(host) && number !== undefined) {
      return [
        ...found,
        { host, port: number, scheme: undefined, text: `${host} ${port}`, certainty: 'told' },
      ];
    }
  }
  if (['curl', 'wget'].includes(program)) {
    for (const operand of operands) {
      const [, host = '', port] = /^([a-z0-9.-]+)(?::(\d+))?(?:\/.*)?$/.exec(operand) ?? [];
      // A word with a dot and no port may as well be a file: only a Service's full name is sure.
      const whole = /\.svc(?:\.cluster\.local)?$/.test(host);
      if (isHostName(host) && (port !== undefined || whole)) {
        found.push({ host, port: portOf(port) ?? 80, scheme: 'http', text: operand, certainty: 'told' });
      }
    }
  }
  const flags = clientFlags(program, words);
  if (flags.length > 0) return [...found, ...flags];
  for (const [index, word] of words.entries()) {
    if (word.includes('://')) continue;
    const [, name, assigned] = /^-{0,2}([\w.-]+)=(.+)$/.exec(word) ?? [];
    const setting = name ?? flagOf(words, index);
    if (isNoDestination(setting) || isCredential(setting)) continue;
    const told =
      assigned !== undefined ||
      (words[index - 1] ?? '').startsWith('-') ||
      /^wait[-_]?for|^dockerize$/.test(program);
    for (const address of addressList((assigned ?? word).replaceAll(/^["']|["']$/g, ''))) {
      found.push({ ...address, certainty: told ? address.certainty : 'likely' });
    }
  }
  return unique(found);
}

/** The name of the flag that a word is, or is the value of. */
function flagOf(words: readonly string[], index: number): string {
  const [, own] = /^-{1,2}([\w.-]+)=/.exec(words[index] ?? '') ?? [];
  if (own !== undefined) return own;
  return /^-{1,2}([\w.-]+)$/.exec(words[index - 1] ?? '')?.[1] ?? '';
}
