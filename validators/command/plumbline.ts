#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { didYouMean } from '../text/nearest.ts';
import { locateTools } from '../tools/locate.ts';
import { UsageError } from '../usage-error.ts';
import { checkCommand } from './check.ts';
import { main } from './main.ts';

const help = `Usage: plumbline check --path DIR [--path DIR ...] [--environment FILE] [--format FORM]
       plumbline check --every DIR [--environment FILE] [--format FORM]
       plumbline check --rendered FILE ... [--environment FILE] [--format FORM]

Proves that what would be applied is wired right: renders kustomizations, validates each object strictly against the
schemas that come with it, infers who is told to talk to whom, and names the line to mend.

  --path DIR           a kustomization, of any repository
  --every DIR          every kustomization below DIR that no other one there includes
  --rendered FILE      rendered YAML, each file a target of its own; - is standard input
  --environment FILE   what the cluster offers; without it some rules have nothing to judge by
  --format FORM        text (default), json, sarif, junit, github, gitlab or markdown, on standard output
  --help               show this
  --version            show the version

kustomize and kubeconform are taken from PATH where their version fits, and else built once with Go from pinned modules,
into ${cacheFolder()}.

Exit codes: 0 nothing is wrong; 1 errors were found; 2 it could not run, or could not read all that it was given.
`;

/** Where built commands are kept between runs, by the customs of the system. */
function cacheFolder(): string {
  const base =
    process.env.XDG_CACHE_HOME ||
    (process.platform === 'win32' && process.env.LOCALAPPDATA) ||
    join(homedir(), '.cache');
  return join(base, 'plumbline');
}

/** The package's own version. */
function versionOf(): string {
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as { version: string };
  return version;
}

await main(async () => {
  const [command, ...args] = process.argv.slice(2);
  if (command === '--version') {
    process.stdout.write(`${versionOf()}\n`);
    return 0;
  }
  if (command === undefined || command === '--help' || command === '-h') {
    process.stdout.write(help);
    return command === undefined ? 2 : 0;
  }
  if (command !== 'check') {
    throw new UsageError(`there is no command ${command}${didYouMean(command, ['check'])}\n\n${help}`);
  }
  return checkCommand(args, {
    help,
    version: versionOf(),
    tools: (progress) =>
      locateTools({
        pins: join(import.meta.dirname, '..', 'pins'),
        cache: join(cacheFolder(), 'tools'),
        progress,
      }),
    scratch: join(tmpdir(), `plumbline-${process.pid}`),
  });
});
