import { kafkaServers } from '../graph/kafka.ts';
import type { Option } from '../graph/options.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** Listener names that are protocols by themselves, and need no line in the map. */
const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

/** The `NAME:PROTOCOL` pairs of a map. */
function pairsOf(text: string): [string, string][] {
  return text.split(',').map((pair) => {
    const [name = '', protocol = ''] = pair.split(':').map((part) => part.trim());
    return [name, protocol];
  });
}

/** A broker's settings name a listener that it does not have, or one whose protocol nobody says. */
export const listenerUnknown: Rule = {
  id: 'listener-unknown',
  severity: 'error',
  family: 'data systems',
  title: 'a Kafka broker names a listener that it does not have, or that has no protocol',
  *check({ model }) {
    for (const {
      workload,
      settings,
      listeners: bound,
      advertised: announced,
      controllers,
      roles,
    } of kafkaServers(model)) {
      const listeners = settings.get('listeners');
      const own = bound?.map(({ name }) => name);
      const wrong = (option: Option, message: string) => ({
        object: option.object,
        path: option.path,
        message: `${option.by} of ${workload.kind} ${workload.name}: ${message}: the broker would not start`,
      });
      const map = settings.get('listener.security.protocol.map');
      for (const [name, protocol] of map === undefined ? [] : pairsOf(map.value)) {
        if (map === undefined || protocol === '' || /[$<{]/.test(protocol)) continue;
        if (protocols.includes(protocol.toUpperCase())) continue;
        const hint = didYouMean(protocol, protocols);
        yield wrong(
          map,
          `${name} is mapped to ${protocol}, which is no protocol (${protocols.join(', ')})${hint}`,
        );
      }
      if (listeners === undefined || own === undefined) continue;
      const mapped = map?.value.includes('$')
        ? own
        : pairsOf(map?.value ?? protocols.join()).map(([name]) => name);
      for (const name of own.filter((one) => !mapped.includes(one))) {
        yield wrong(
          map ?? listeners,
          `listener ${name} has no line in listener.security.protocol.map (${mapped.join(', ')})${didYouMean(name, mapped)}`,
        );
      }
      const advertised = settings.get('advertised.listeners');
      for (const { name } of announced ?? []) {
        if (advertised === undefined || own.includes(name)) continue;
        yield wrong(
          advertised,
          `it announces ${name}, and listens as ${own.join(', ')}${didYouMean(name, own)}`,
        );
      }
      for (const key of [
        'inter.broker.listener.name',
        'controller.listener.names',
        'control.plane.listener.name',
      ]) {
        const option = settings.get(key);
        // A controller's listener may be another process', where this one is a broker alone.
        if (option === undefined || (key === 'controller.listener.names' && !roles.controller)) continue;
        const names =
          key === 'controller.listener.names'
            ? controllers
            : option.value.split(',').map((part) => part.trim());
        for (const name of names) {
          if (name === '' || name.includes('$') || own.includes(name)) continue;
          yield wrong(
            option,
            `${key} is ${name}, and it listens as ${own.join(', ')}${didYouMean(name, own)}`,
          );
        }
      }
    }
  },
};
