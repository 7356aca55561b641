import { type ParseArgsConfig, parseArgs } from 'node:util';
import { didYouMean } from '../text/nearest.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Reads a command's arguments, as `parseArgs` does.
 * @throws UsageError that names the option nearest to an unknown one.
 */
export function readArguments<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const unknown = /Unknown option '(-[^']*)'/.exec(message)?.[1];
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || unknown === undefined) throw error;
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    throw new UsageError(
      `there is no option ${unknown}${didYouMean(unknown, known)}; known are ${known.join(', ')}`,
    );
  }
}
