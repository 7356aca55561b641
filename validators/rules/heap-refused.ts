import { environmentOf } from '../graph/container-environment.ts';
import { parseSize } from '../graph/memory.ts';
import { optionsOf } from '../graph/options.ts';
import { blamed, type Line, linesOf } from '../graph/scripts.ts';
import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** The texts that hold a container's JVM options: variables, the command line, scripts and files of options. */
function textsOf(model: Model, workload: Workload, container: Container): Line[] {
  const variables = optionsOf(model, workload, container)
    .filter(({ by, value }) => by.startsWith('env ') && value.includes('-X'))
    .map(({ value, object, path, by }) => ({ raw: value, text: value, object, path, by }));
  return [...variables, ...linesOf(model, workload, container).filter(({ text }) => text.includes('-X'))];
}

/** What a JVM says of an option's value, where it refuses it. */
function refusal(option: string, amount: string): string | undefined {
  const names: Readonly<Record<string, string>> = {
    mx: 'maximum heap size',
    ms: 'initial heap size',
    mn: 'initial young generation size',
    ss: 'thread stack size',
  };
  // What a placeholder stands for is not known here.
  if (amount === '' || /[$%{<`*]/.test(amount) || /^\d+[kmgt]?$/i.test(amount)) return undefined;
  return `Invalid ${names[option]}: -X${option}${amount}`;
}

/** A JVM is told of a heap that it refuses: a size that is none, or a first size above the largest. */
export const heapRefused: Rule = {
  id: 'heap-refused',
  severity: 'error',
  family: 'room',
  title: 'a JVM is told of a heap that it refuses',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        const texts = textsOf(model, workload, container);
        const environment = texts.length === 0 ? undefined : environmentOf(model, workload, container);
        for (const line of texts) {
          const wrong = (amount: string, message: string) => {
            const { object, path, by } = blamed(line, amount, environment ?? new Map());
            return {
              object,
              path,
              message: `${by} of ${workload.kind} ${workload.name}: ${message}: the JVM would exit before it runs a line of the program`,
            };
          };
          const sizes = new Map<string, string>();
          for (const [, option = '', amount = ''] of line.text.matchAll(
            /(?<![\w-])-X(mx|ms|mn|ss)([^\s"'\\,;\])]*)/g,
          )) {
            const said = refusal(option, amount);
            if (said === undefined) sizes.set(option, amount);
            else yield wrong(amount, said);
          }
          const [first, most] = [sizes.get('ms') ?? '', sizes.get('mx') ?? ''];
          if ((parseSize(first) ?? 0) > (parseSize(most) ?? Number.POSITIVE_INFINITY))
            yield wrong(first, `-Xms${first} is above -Xmx${most}`);
          const share = /-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/.exec(line.text)?.[1];
          if (Number(share) > 100) yield wrong(share ?? '', `MaxRAMPercentage=${share} is outside 0 to 100`);
        }
      }
    }
  },
};
