import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { environmentOf } from './container-environment.ts';
import { databaseOpenings } from './database-servers.ts';
import { flinkProcess } from './flink.ts';
import { isLoopback, kafkaServers } from './kafka.ts';
import { nginxOpenings } from './nginx.ts';
import type { Option } from './options.ts';
import { linesOf, settingsOf } from './scripts.ts';

/** A port that a server's own settings make it listen on. */
export interface Opening {
  readonly from: number;
  /** The same as `from` where it is one port and no range. */
  readonly to: number;
  /** True where it answers nobody but the pod itself. */
  readonly loopback: boolean;
  /** Where it stands; undefined for what the server does by itself. */
  readonly place:
    | { readonly object: KubernetesObject; readonly path: string; readonly by: string; readonly key: string }
    | undefined;
}

/** A server that is known well enough to say all the ports that it listens on. */
export interface Server {
  readonly name: string;
  readonly openings: readonly Opening[];
}

/** An opening as a setting says it. */
export function openedBy(
  option: Pick<Option, 'object' | 'path' | 'by' | 'key'>,
  port: number,
  loopback = false,
): Opening {
  const { object, path, by, key } = option;
  return { from: port, to: port, loopback, place: { object, path, by, key } };
}

/** An opening that a server has without being told. */
export function openedAnyhow(port: number): Opening {
  return { from: port, to: port, loopback: false, place: undefined };
}

/** The server that a container runs, where all its ports are known; undefined for any other container. */
export function serverOf(model: Model, workload: Workload, container: Container): Server | undefined {
  if (container.role === 'init') return undefined;
  return (
    kafka(model, workload, container) ??
    zookeeper(model, workload, container) ??
    flink(model, workload, container) ??
    databaseOpenings(model, workload, container) ??
    nginxOpenings(model, workload, container)
  );
}

/** Ports of a JVM's agents, and of what else its variables name. */
function besides(model: Model, workload: Workload, container: Container): Opening[] {
  const variables = [...environmentOf(model, workload, container).values()].map(
    ({ name, value, object, path }) => ({ text: value ?? '', object, path, by: `env ${name}`, key: name }),
  );
  const lines = linesOf(model, workload, container).map((line) => ({ ...line, key: 'options' }));
  return [...variables, ...lines].flatMap((one) => {
    const agents = [
      ...one.text.matchAll(/-javaagent:[^=\s]+=(?:[\w.-]+:)?(\d{2,5})\b/g),
      ...one.text.matchAll(/jmxremote(?:\.rmi)?\.port=(\d{2,5})\b/g),
    ].map(([, port]) => openedBy(one, Number(port)));
    const isPort = /PORT$/.test(one.key) && /^\d+$/.test(one.text);
    return isPort ? [...agents, openedBy(one, Number(one.text))] : agents;
  });
}

function kafka(model: Model, workload: Workload, container: Container): Server | undefined {
  const server = kafkaServers(model).find((one) => one.container === container);
  const option = server?.settings.get('listeners');
  if (server?.listeners === undefined || option === undefined) return undefined;
  if (server.listeners.some(({ port }) => port === undefined)) return undefined;
  const openings = server.listeners.map(({ port, host }) =>
    openedBy({ ...option, key: 'listeners' }, port ?? 0, isLoopback(host)),
  );
  return { name: 'Kafka', openings: [...openings, ...besides(model, workload, container)] };
}

function numeric(option: Option | undefined): number | undefined {
  return option !== undefined && /^\d+$/.test(option.value) ? Number(option.value) : undefined;
}

/** Source: zookeeper.apache.org/doc/r3.8.4/zookeeperAdmin.html, "Configuration Parameters". */
function zookeeper(model: Model, workload: Workload, container: Container): Server | undefined {
  if (!/zookeeper/i.test(container.spec.image ?? '')) return undefined;
  const options = settingsOf(model, workload, container).filter(({ by }) => /^file zoo[\w.-]*cfg/.test(by));
  if (options.length === 0) return undefined;
  const last = (key: string) => options.findLast((option) => option.key === key);
  const openings: Opening[] = [];
  const add = (key: string, address?: string) => {
    const option = last(key);
    const port = numeric(option);
    if (option === undefined || port === undefined) return;
    openings.push(openedBy(option, port, address !== undefined && isLoopback(last(address)?.value ?? '')));
  };
  add('clientPort', 'clientPortAddress');
  add('secureClientPort', 'secureClientPortAddress');
  for (const option of options.filter(({ key }) => /^server\.\d+$/.test(key))) {
    for (const [, port = ''] of option.value.matchAll(/[:;](\d{2,5})(?=$|[:;|\s])/g))
      openings.push(openedBy(option, Number(port)));
  }
  if (!openings.some(({ place }) => place?.key === 'clientPort' || place?.key.startsWith('server.')))
    return undefined;
  add('metricsProvider.httpPort');
  if (
    /Prometheus/.test(last('metricsProvider.className')?.value ?? '') &&
    last('metricsProvider.httpPort') === undefined
  )
    openings.push(openedAnyhow(7000));
  if (last('admin.enableServer')?.value !== 'false') {
    add('admin.serverPort');
    if (last('admin.serverPort') === undefined) openings.push(openedAnyhow(8080));
  }
  return { name: 'ZooKeeper', openings: [...openings, ...besides(model, workload, container)] };
}

/** Source: nightlies.apache.org/flink/flink-docs-release-1.20/docs/deployment/config, "Hosts and Ports". */
function flink(model: Model, workload: Workload, container: Container): Server | undefined {
  const process = flinkProcess(model, workload, container);
  const settings = [...(process?.settings.values() ?? [])].filter(({ key }) =>
    /^[\w-]+(?:\.[\w-]+)+$/.test(key),
  );
  // Without its file the image brings ports of its own.
  if (process === undefined || !settings.some(({ by }) => /^file (?:config|flink-conf)\.yaml$/.test(by)))
    return undefined;
  const openings: Opening[] = [];
  for (const option of settings.filter(({ key }) => /(?:^|[.-])ports?$/.test(key))) {
    if (option.value.includes('$')) return undefined;
    for (const part of option.value.split(',')) {
      const [, from, to = from] = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part) ?? [];
      if (from !== undefined) openings.push({ ...openedBy(option, Number(from)), to: Number(to) });
    }
  }
  const given = (...keys: string[]) => keys.some((key) => process.settings.has(key));
  if (process.role === 'jobmanager') {
    if (!given('rest.port', 'rest.bind-port')) openings.push(openedAnyhow(8081));
    if (!given('jobmanager.rpc.port')) openings.push(openedAnyhow(6123));
  }
  for (const { key } of settings) {
    const reporter = /^metrics\.reporter\.([\w-]+)\./.exec(key)?.[1];
    if (reporter !== undefined && !given(`metrics.reporter.${reporter}.port`))
      openings.push(openedAnyhow(9249));
  }
  return { name: 'Flink', openings: [...openings, ...besides(model, workload, container)] };
}
