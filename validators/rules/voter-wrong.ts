import { type KafkaServer, kafkaServers } from '../graph/kafka.ts';
import { resolveHost } from '../graph/resolve.ts';
import type { Model } from '../model/model.ts';
import type { Rule } from './rule.ts';

interface Voter {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** The voters of `id@host:port,...` that can be read here. */
function votersOf(text: string): Voter[] {
  return [...text.matchAll(/(?:^|,)\s*(\d+)@([\w.-]+):(\d+)(?=\s*(?:,|$))/g)].map(
    ([, id, host = '', port]) => ({
      id: Number(id),
      host,
      port: Number(port),
    }),
  );
}

/** The pod of a StatefulSet that a voter's host names. */
function podOf(model: Model, namespace: string, { host }: Voter) {
  const resolution = resolveHost(model, namespace, host);
  return resolution.to === 'pod' ? resolution : undefined;
}

function* mistakes(
  model: Model,
  { workload, settings }: KafkaServer,
  servers: readonly KafkaServer[],
  voters: readonly Voter[],
) {
  const ids = voters.map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index)))
    yield `${id} stands there for ${voters
      .filter((voter) => voter.id === id)
      .map(({ host }) => host)
      .join(' and ')}: the node would not start`;
  const distances = new Map<string, { distance: number; voter: Voter }[]>();
  for (const voter of voters) {
    const pod = podOf(model, workload.namespace, voter);
    if (pod === undefined) continue;
    const server = servers.find((one) => one.workload === pod.workload);
    const listens = server?.listeners?.filter(({ name }) => server.controllers.includes(name)) ?? [];
    if (listens.length > 0 && listens.every(({ port }) => port !== undefined && port !== voter.port))
      yield `voter ${voter.id} is asked at ${voter.host}:${voter.port}, and its controller listens on ${listens.map(({ port }) => port).join(', ')}: it would have no vote`;
    const distance = voter.id - Number(/-(\d+)$/.exec(pod.pod)?.[1]);
    const list = distances.get(pod.workload.name) ?? [];
    distances.set(pod.workload.name, [...list, { distance, voter }]);
  }
  // Duplicates are told already.
  if (new Set(ids).size < ids.length) return;
  for (const [name, list] of distances) {
    // The number that a pod takes for itself follows its ordinal, by one distance for all.
    const node = /^\d+$/.exec(name === workload.name ? (settings.get('node.id')?.value ?? '') : '')?.[0];
    const start =
      (workload.object.spec as { ordinals?: { start?: number } } | undefined)?.ordinals?.start ?? 0;
    const counts = Map.groupBy(list, ({ distance }) => distance);
    const [usual] = [...counts.entries()].sort(([, a], [, b]) => b.length - a.length);
    const right = node === undefined ? usual?.[0] : Number(node) - start;
    const odd = list.filter(({ distance }) => distance !== right);
    if (right === undefined || odd.length === 0 || (node === undefined && (usual?.[1].length ?? 0) < 2))
      continue;
    const said = odd.map(
      ({ distance, voter }) =>
        `${voter.host} is listed as ${voter.id} and would be ${voter.id - distance + right}`,
    );
    yield `${said.join(', ')}: no voter would be there under that number`;
  }
}

/** The list of a Kafka quorum's voters names a number twice, a port that no controller listens on, or another pod's number. */
export const voterWrong: Rule = {
  id: 'voter-wrong',
  severity: 'error',
  family: 'data systems',
  title: "a Kafka quorum's list of voters has a wrong number or port",
  *check({ model }) {
    const servers = kafkaServers(model);
    const said = new Set<string>();
    for (const server of servers) {
      const option = server.settings.get('controller.quorum.voters');
      if (option === undefined) continue;
      for (const mistake of mistakes(model, server, servers, votersOf(option.value))) {
        const place = `${option.object.metadata.name} ${option.path} ${mistake}`;
        if (said.has(place)) continue;
        said.add(place);
        const { workload } = server;
        yield {
          object: option.object,
          path: option.path,
          message: `controller.quorum.voters of ${workload.kind} ${workload.name} (${option.by}): ${mistake}`,
        };
      }
    }
  },
};
