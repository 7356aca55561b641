import { setTimeout as sleep } from 'node:timers/promises';
import { didYouMean, UsageError } from '@plumbline/validators';
import { pickEngine } from '../trial/trial.ts';
import { readArguments } from './lib/arguments.ts';
import { interruptible } from './lib/interrupt.ts';
import { main } from './lib/main.ts';
import { positive } from './lib/number-option.ts';
import type { Try } from './try/try.ts';

/** Every system that can be tried without a cluster; each is loaded only when it is tried. */
const tries: Readonly<Record<string, () => Promise<Try>>> = {
  'big-data': async () => (await import('./try/big-data.ts')).tryBigData,
  feastflow: async () => (await import('./try/feastflow.ts')).tryFeastflow,
  lambda: async () => (await import('./try/lambda.ts')).tryLambda,
  preempt: async () => (await import('./try/preempt.ts')).tryPreempt,
  streaming: async () => (await import('./try/streaming.ts')).tryStreaming,
};

const help = `Usage: npm run try -- SYSTEM [ENVIRONMENT] [--seconds N] [--processes]

Runs a system on this machine without a cluster: its services by the manifests' own commands and files, its workers with
the environment, the arguments and the mounted files of the rendered overlay; only addresses and paths are mapped.
Shows what flows, and where to look, until Ctrl-C, which stops everything and removes it.

SYSTEM is one of ${Object.keys(tries).join(', ')}; ENVIRONMENT one whose credentials stand in git (default kind).

  --seconds N   end by itself after so many seconds
  --processes   processes even where Docker is there
  --help        show this

Exit codes: 0 it ran and stopped; 2 it could not begin.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      seconds: { type: 'string' },
      processes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [system, environment = 'kind', ...others] = positionals;
  if (values.help || system === undefined) {
    process.stdout.write(help);
    return values.help ? 0 : 2;
  }
  const load = tries[system];
  if (load === undefined || others.length > 0) {
    const wrong = load === undefined ? system : others.join(' ');
    throw new UsageError(`"${wrong}" cannot be tried${didYouMean(wrong, Object.keys(tries))}\n\n${help}`);
  }
  const seconds = values.seconds === undefined ? undefined : positive('--seconds', values.seconds);
  const engine = values.processes ? 'processes' : await pickEngine();
  const begin = await load();
  return interruptible(async (signal) => {
    const say = (message: string) => process.stderr.write(`${message}\n`);
    const running = await begin({ environment, engine, say, signal });
    try {
      const end = performance.now() + (seconds ?? Number.POSITIVE_INFINITY) * 1000;
      while (!signal.aborted && performance.now() < end) {
        say(await running.flow());
        await sleep(Math.min(2000, Math.max(0, end - performance.now())), undefined, { signal }).catch(
          () => {},
        );
      }
      if (!signal.aborted) say(await running.flow());
    } finally {
      say('stopping');
      await running.close();
    }
    return 0;
  });
});
