import type { Model } from '../model/model.ts';
import { perModel } from '../model/per-model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { isBroker, kafkaKey } from './brokers.ts';
import type { Option } from './options.ts';
import { settingsOf } from './scripts.ts';

/** One entry of `listeners` or `advertised.listeners`. */
export interface Listener {
  readonly name: string;
  /** As it is written: empty for every address, and with `$` where only the pod knows it. */
  readonly host: string;
  /** Undefined where only the pod knows it. */
  readonly port: number | undefined;
}

/** A Kafka server, with what its settings say of itself. */
export interface KafkaServer {
  readonly workload: Workload;
  readonly container: Container;
  /** By the names that server.properties has for them. */
  readonly settings: ReadonlyMap<string, Option>;
  /** Undefined where nothing says it, or only the pod knows the names. */
  readonly listeners: readonly Listener[] | undefined;
  readonly advertised: readonly Listener[] | undefined;
  readonly controllers: readonly string[];
  readonly roles: { readonly broker: boolean; readonly controller: boolean };
}

/** The entries of `NAME://host:port,...`; undefined where a variable hides a name. */
export function readListeners(text: string | undefined): Listener[] | undefined {
  if (text === undefined) return undefined;
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const listeners: Listener[] = [];
  for (const part of parts) {
    const [, name, host = '', port = ''] =
      /^([\w-]+):\/\/(.*?)(?::(\d+|[^:\]]*\$[^:\]]*))?$/.exec(part) ?? [];
    if (name === undefined) return undefined;
    listeners.push({ name, host, port: /^\d+$/.test(port) ? Number(port) : undefined });
  }
  return listeners.length === 0 ? undefined : listeners;
}

function words(option: Option | undefined): string[] {
  return (option?.value ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && !word.includes('$'));
}

/** The Kafka servers of a target: brokers, and controllers alone. */
export const kafkaServers: (model: Model) => readonly KafkaServer[] = perModel((model) =>
  model.workloads
    .filter(isBroker)
    .flatMap((workload) =>
      workload.containers
        .filter(({ role }) => role === 'main')
        .map((container) => readServer(model, workload, container)),
    ),
);

function readServer(model: Model, workload: Workload, container: Container): KafkaServer {
  const settings = new Map(
    settingsOf(model, workload, container).map((option) => [kafkaKey(option.key), option]),
  );
  const roles = words(settings.get('process.roles'));
  return {
    workload,
    container,
    settings,
    listeners: readListeners(settings.get('listeners')?.value),
    advertised: readListeners(settings.get('advertised.listeners')?.value),
    controllers: words(settings.get('controller.listener.names')),
    // Without roles it is a broker that ZooKeeper coordinates.
    roles: {
      broker: roles.length === 0 || roles.includes('broker'),
      controller: roles.includes('controller'),
    },
  };
}

/** True for an address that leads a client to itself. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[?(?:::1|(?:0+:){7}0*1|::ffff:127\.\d+\.\d+\.\d+)\]?)$/i.test(
    host,
  );
}
