import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { environmentOf } from './container-environment.ts';
import { mountedFiles } from './mounted-files.ts';
import { hasUnseenSettings, type Sought } from './unseen-settings.ts';

/** The four-letter words that a ZooKeeper server answers. */
export interface AnsweredWords {
  /** `*` where it answers all. */
  readonly words: ReadonlySet<string>;
  /** Where that stands: `file zoo.cfg`, `its default`. */
  readonly by: string;
}

interface Image {
  /** What it answers where nothing says it; undefined where that is not known. */
  readonly words: readonly string[] | undefined;
  /** The variable that its entrypoint writes into the file. */
  readonly variable: string | undefined;
  readonly own: boolean;
}

/** Words of 3.4, which had a list of two that are refused. */
const before35 =
  'conf cons crst dirs dump envi gtmk isro mntr ruok srst srvr stat stmk wchs telnet close'.split(' ');

/** True for a container that runs a ZooKeeper server, by its image's name. */
export function isZooKeeper({ role, spec }: Container): boolean {
  return role === 'main' && /(?:^|\/)(?:cp-)?zookeeper(?::|@|$)/.test(spec.image ?? '');
}

/**
 * Sources: FourLetterCommands.java of ZooKeeper 3.5 and later (`srvr` alone, and it always); docker-entrypoint.sh of the official
 * image; libzookeeper of Bitnami's; zookeeper.properties.template of Confluent's, which has no such variable.
 */
function imageOf({ spec }: Container): Image {
  const image = spec.image ?? '';
  const [, major = '', minor = '', patch = '99'] = /:v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(image) ?? [];
  if (/^(?:docker\.io\/)?(?:library\/)?zookeeper(?::|@|$)/.test(image)) {
    const old = major === '3' && Number(minor) < 5;
    const between = `${major}.${minor}` === '3.5' && Number(patch) < 3;
    const words = between ? undefined : old ? before35 : ['srvr'];
    return { words, variable: 'ZOO_4LW_COMMANDS_WHITELIST', own: true };
  }
  if (/^(?:docker\.io\/)?bitnami(?:legacy)?\/zookeeper(?::|@|$)/.test(image))
    return { words: ['srvr', 'mntr'], variable: 'ZOO_4LW_COMMANDS_WHITELIST', own: true };
  if (/^(?:docker\.io\/)?confluentinc\/cp-zookeeper(?::|@|$)/.test(image)) {
    const known = major === '' || Number(major) > 5 || (major === '5' && Number(minor) >= 4);
    return { words: known ? ['srvr'] : undefined, variable: undefined, own: true };
  }
  return { words: undefined, variable: undefined, own: false };
}

const sought: Sought = {
  variables: /4LW|FLAGS|OPTS|ZOO_CFG/,
  places: /(?:^|\/)(?:conf|config|etc|scripts?|bin|docker)(?:\/|$)|\.(?:cfg|properties|env|sh)$/,
  scripts: /(?:^|\/)(?:docker-entrypoint|zkServer|zookeeper-server-start)\.sh$|^\/opt\/bitnami\//,
};

/** The words that the ZooKeeper server of a container answers; undefined where that is not surely known. */
export function answeredWords(
  model: Model,
  workload: Workload,
  container: Container,
): AnsweredWords | undefined {
  const { words, variable, own } = imageOf(container);
  const environment = environmentOf(model, workload, container);
  if (hasUnseenSettings(model, workload, container, sought)) return undefined;
  const files = mountedFiles(model, workload, container).map(({ kind, name, key, at }) => ({
    at,
    by: `file ${key}`,
    text: model.configuration(kind, workload.namespace, name)?.values.get(key) ?? '',
  }));
  const hasFile = files.some(({ at }) => /\/zoo\.cfg$/.test(at));
  const said: { readonly list: string; readonly by: string }[] = [];
  const read = (text: string, by: string) => {
    for (const [, flag, line] of text
      .replaceAll(/^\s*#.*$/gm, '')
      .matchAll(
        /-Dzookeeper\.4lw\.commands\.whitelist=["']?([^\s"']+)|(?<!zookeeper\.)\b4lw\.commands\.whitelist\s*[=:]\s*([^\n"']*)/g,
      ))
      said.push({ list: flag ?? line ?? '', by });
  };
  for (const { text, by } of files) read(text, by);
  for (const { name, spec } of workload.containers)
    read([...(spec.command ?? []), ...(spec.args ?? [])].join(' '), `command of container ${name}`);
  for (const { name, value = '' } of environment.values()) {
    // The image writes its file only where there is none.
    if (name === variable && !hasFile) said.push({ list: value, by: `env ${name}` });
    else if (name !== 'ZOO_CFG_EXTRA' || !hasFile) read(value, `env ${name}`);
  }
  if (said.some(({ list }) => /[$`]/.test(list))) return undefined;
  // The settings of an image that nobody here knows may say more than what is mounted.
  if (said.length === 0 && words === undefined) return undefined;
  if (!own && !said.some(({ by }) => by.startsWith('file '))) return undefined;
  const unread =
    variable !== undefined && hasFile && environment.has(variable)
      ? `; ${variable} is not read where zoo.cfg is mounted`
      : !own || variable !== undefined || !environment.has('ZOOKEEPER_4LW_COMMANDS_WHITELIST')
        ? ''
        : '; the image does not read ZOOKEEPER_4LW_COMMANDS_WHITELIST';
  const lists = said.flatMap(({ list }) => list.split(',').map((word) => word.trim()));
  const found = new Set(said.length > 0 ? lists : words);
  found.delete('');
  found.add('srvr');
  if (/readonlymode\.enabled=true/.test([...environment.values()].map(({ value }) => value).join(' ')))
    found.add('isro');
  return { words: found, by: `${said[0]?.by ?? 'its default'}${unread}` };
}
