import { posix } from 'node:path';
import { remember } from '../text/remember.ts';

/** A file that a configuration file takes in, or reads a part of its settings from. */
export interface IncludedFile {
  /** Its whole path in the container. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** False where its reader does without it. */
  readonly needed: boolean;
}

/** A setting that names a file: in its first group, or in the one that is called `file`. */
interface Directive {
  readonly pattern: RegExp;
  /** Where a relative path begins; undefined where only whole paths are judged. */
  readonly from?: 'beside' | '/etc/nginx';
  readonly optional?: true;
}

const directives: readonly Directive[] = [
  // nginx ends at an include that is not there; of a pattern there may be none.
  { pattern: /^\s*include\s+["']?(?<file>[^\s;"']+)["']?\s*;/, from: '/etc/nginx' },
  {
    pattern:
      /^\s*(?:ssl_certificate(?:_key)?|ssl_dhparam|auth_basic_user_file)\s+["']?(?<file>\/[^\s;"']+)["']?\s*;/,
  },
  // PostgreSQL, relative to the file that includes.
  { pattern: /^\s*include\s*=?\s*'(?<file>[^']+)'/, from: 'beside' },
  { pattern: /^\s*include_if_exists\s*=?\s*'(?<file>[^']+)'/, from: 'beside', optional: true },
  {
    pattern:
      /^\s*(?:config_file|hba_file|ident_file|ssl_(?:cert|key|ca|crl|dh_params)_file)\s*=?\s*'(?<file>\/[^']+)'/,
  },
  // Redis.
  { pattern: /^\s*(?:include|aclfile|tls-[\w-]+-file)\s+"?(?<file>\/[^\s";]+)"?\s*$/ },
  // MySQL and MariaDB; the folder of !includedir as well.
  { pattern: /^\s*!include(?:dir)?\s+(?<file>\/\S+)/ },
  { pattern: /^\s*(?:ssl[-_](?:ca|cert|key)|init[-_]file)\s*=\s*(?<file>\/\S+)/ },
  // Kafka's providers of configuration: a file of properties, or a folder with a file a key.
  { pattern: /\$\{file:(?<file>\/[^:}]+):[^}]*\}/ },
  { pattern: /\$\{(?:dir|directory):(?<folder>\/[^:}]+):(?<file>[^}]+)\}/ },
  { pattern: /^\s*[\w.]*ssl\.(?:key|trust)store\.location\s*[=:]\s*(?<file>\/\S+)/ },
];

const listOfRules = /^(\s*)["']?rule_files["']?:\s*$/;
const item = /^(\s*)- +["']?(?<file>[^\s"'#]+)["']?\s*$/;

/** A path that stands for one file: no pattern, and no variable. */
const plain = /^[\w@+.,%/-]+$/;

/** The files that one mounted file names by settings that its reader follows. */
export const includedFiles: (text: string, at: string) => readonly IncludedFile[] = remember(
  read,
  (text, at) => `${at}\0${text}`,
  2000,
);

function read(text: string, at: string): IncludedFile[] {
  const found: IncludedFile[] = [];
  let rules: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const add = (file: string, needed: boolean) => {
      if (plain.test(file))
        found.push({ file: posix.normalize(file).replace(/\/$/, ''), line: index + 1, needed });
    };
    const beside = (file: string) => (file.startsWith('/') ? file : posix.join(posix.dirname(at), file));
    // Prometheus reads patterns of files here, relative to its own; one that stands for one file is meant to be there.
    const begins = listOfRules.exec(line);
    const listed = rules === undefined ? null : item.exec(line);
    if (begins !== null) rules = begins[1];
    else if (listed === null && line.trim() !== '' && !/^\s*#/.test(line)) rules = undefined;
    else if (listed?.groups?.file !== undefined) add(beside(listed.groups.file), false);
    for (const { pattern, from, optional } of directives) {
      const { file, folder } = pattern.exec(line)?.groups ?? {};
      if (file === undefined) continue;
      if (folder !== undefined) add(`${folder}/${file}`, true);
      else if (file.startsWith('/')) add(file, optional !== true);
      else if (from === 'beside') add(beside(file), optional !== true);
      else if (from !== undefined) add(`${from}/${file}`, optional !== true);
    }
  }
  return found;
}
