import type { Command } from './step.ts';

/** An argument as a person would write it in a POSIX shell. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** The command line as it can be pasted into a shell, with its standard input as a here-document. */
export function commandLine({ argv, input }: Command): string {
  const line = argv.map(quoted).join(' ');
  return input === undefined ? line : `${line} <<'EOF'\n${input.replace(/\n?$/, '\n')}EOF`;
}
