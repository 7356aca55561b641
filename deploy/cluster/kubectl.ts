import { type Command, command, seconds } from '../plan/step.ts';

/** A kubectl command line for one cluster; it names its context always, so that nobody's switch in between misleads it. */
export function kubectl(
  context: string,
  args: readonly string[],
  options: Partial<Omit<Command, 'argv'>> = {},
): Command {
  return command(['kubectl', '--context', context, ...args], { attempts: 5, ...options });
}

/** Asks for objects of a namespace as JSON. */
export function getJson(context: string, kinds: readonly string[], namespace: string): Command {
  return kubectl(context, ['get', kinds.join(','), '--namespace', namespace, '--output', 'json'], {
    deadline: seconds(30),
  });
}
