import { isBroker, kafkaKey } from '../graph/brokers.ts';
import { type Option, optionsOf } from '../graph/options.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** Listener names that are protocols by themselves, and need no line in the map. */
const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

/** The names of `NAME://host:port, ...`. */
function namesOf(option: Option | undefined): string[] | undefined {
  if (option === undefined || option.value.includes('$')) return undefined;
  return option.value
    .split(',')
    .map((part) => /^\s*([\w-]+):\/\//.exec(part)?.[1] ?? '')
    .filter((name) => name !== '');
}

/** A broker's settings name a listener that it does not have, or one whose protocol nobody says. */
export const listenerUnknown: Rule = {
  id: 'listener-unknown',
  severity: 'error',
  family: 'data systems',
  title: 'a Kafka broker names a listener that it does not have, or that has no protocol',
  *check({ model }) {
    for (const workload of model.workloads.filter(isBroker)) {
      for (const container of workload.containers.filter(({ role }) => role === 'main')) {
        const options = new Map(
          optionsOf(model, workload, container).map((option) => [kafkaKey(option.key), option]),
        );
        const listeners = options.get('listeners');
        const own = namesOf(listeners);
        if (listeners === undefined || own === undefined || own.length === 0) continue;
        const fatal = 'the broker would not start';
        const wrong = (option: Option, message: string) => ({
          object: option.object,
          path: option.path,
          message: `${option.by} of ${workload.kind} ${workload.name}: ${message}: ${fatal}`,
        });
        const map = options.get('listener.security.protocol.map');
        const mapped = (map?.value ?? protocols.map((name) => `${name}:${name}`).join())
          .split(',')
          .map((pair) => pair.split(':')[0]?.trim() ?? '');
        for (const name of own.filter((one) => !mapped.includes(one))) {
          const hint = didYouMean(name, mapped);
          yield wrong(
            map ?? listeners,
            `listener ${name} has no line in listener.security.protocol.map (${mapped.join(', ')})${hint}`,
          );
        }
        const advertised = options.get('advertised.listeners');
        for (const name of namesOf(advertised) ?? []) {
          if (advertised === undefined || own.includes(name)) continue;
          yield wrong(
            advertised,
            `it announces ${name}, and listens as ${own.join(', ')}${didYouMean(name, own)}`,
          );
        }
        // A controller's listener may be another process', where this one is a broker alone.
        const alone = !/controller/.test(options.get('process.roles')?.value ?? '');
        for (const key of [
          'inter.broker.listener.name',
          'controller.listener.names',
          'control.plane.listener.name',
        ]) {
          const option = options.get(key);
          if (option === undefined || (key === 'controller.listener.names' && alone)) continue;
          for (const name of option.value.split(',').map((part) => part.trim())) {
            if (name === '' || name.includes('$') || own.includes(name)) continue;
            yield wrong(
              option,
              `${key} is ${name}, and it listens as ${own.join(', ')}${didYouMean(name, own)}`,
            );
          }
        }
      }
    }
  },
};
