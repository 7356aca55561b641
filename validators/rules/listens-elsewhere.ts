import { environmentOf } from '../graph/container-environment.ts';
import { declaredPorts, targetPort } from '../graph/ports.ts';
import { type Opening, serverOf } from '../graph/servers.ts';
import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { Problem, Rule } from './rule.ts';
import { scrapesOf } from './scrape-cut.ts';

/** What expects an answer on a port of a container. */
interface Lead {
  readonly port: number;
  /** `Service kafka (client)`, `the readinessProbe`. */
  readonly by: string;
}

/** True for a port that is this container's to answer: it declares it, or it alone runs there and nobody does. */
function isOf(container: Container, workload: Workload, port: number): boolean {
  const declared = declaredPorts(workload).filter(
    ({ number, protocol }) => number === port && protocol === 'TCP',
  );
  if (declared.length > 0) return declared.some((one) => one.container === container);
  return workload.containers.filter(({ role }) => role !== 'init').length === 1;
}

function leadsTo(model: Model, workload: Workload, container: Container): Lead[] {
  const leads: Lead[] = [];
  for (const service of model.servicesOf(workload)) {
    for (const port of service.typed.spec?.ports ?? []) {
      const target = targetPort(port, workload);
      if (target === undefined || (port.protocol ?? 'TCP') !== 'TCP' || !isOf(container, workload, target))
        continue;
      // The port of a headless Service is for DNS records alone.
      const named = declaredPorts(workload).some(({ number }) => number === target);
      if (service.typed.spec?.clusterIP === 'None' && !named) continue;
      leads.push({ port: target, by: `Service ${service.name} leads to ${target}` });
    }
  }
  const { livenessProbe, readinessProbe, startupProbe } = container.spec;
  for (const [name, probe] of Object.entries({ startupProbe, readinessProbe, livenessProbe })) {
    const { port, host } = (probe?.httpGet ?? probe?.tcpSocket ?? {}) as {
      port?: number | string;
      host?: string;
    };
    if (port === undefined || host !== undefined) continue;
    const number = /^\d+$/.test(String(port))
      ? Number(port)
      : container.spec.ports?.find((one) => one.name === port)?.containerPort;
    if (number !== undefined) leads.push({ port: number, by: `the ${name} asks ${number}` });
  }
  for (const { object, number } of scrapesOf(model).get(workload) ?? []) {
    if (isOf(container, workload, number))
      leads.push({ port: number, by: `${object.kind} ${object.metadata.name} asks ${number}` });
  }
  return leads;
}

/** Where to mend: the setting of the nearest port that nobody asks for, else the declaration of the one that nobody answers. */
function placeOf(
  openings: readonly Opening[],
  leads: readonly Lead[],
  { spec, path }: Container,
  workload: Workload,
  port: number,
) {
  const free = openings
    .filter(({ place, loopback }) => place !== undefined && !loopback)
    .filter(({ from, to }) => !leads.some((lead) => lead.port >= from && lead.port <= to))
    .sort((a, b) => Math.abs(a.from - port) - Math.abs(b.from - port))[0];
  const place = free?.place ?? openings.find((opening) => opening.place !== undefined)?.place;
  if (place !== undefined) return place;
  const index = spec.ports?.findIndex(({ containerPort }) => containerPort === port) ?? -1;
  return {
    object: workload.object,
    path: index < 0 ? joinPath(path, 'image') : joinPath(path, `ports[${index}].containerPort`),
    by: `container ${spec.name}`,
    key: '',
  };
}

function describe(openings: readonly Opening[]): string {
  const shown = openings
    .filter(({ loopback }) => !loopback)
    .map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  return [...new Set(shown)].join(', ') || 'nothing';
}

/** Variables by which programs of many kinds are told the port that they answer on. */
const portVariable = /^(?:(?:HTTP|SERVER|LISTEN|QUARKUS_HTTP|MICRONAUT_SERVER)_)?PORT$/;

/** A program that nobody knows, and that a variable tells to listen where its container declares nothing. */
function* toldOtherwise(model: Model, workload: Workload, container: Container): Iterable<Problem> {
  if (container.role === 'init') return;
  const ports = [...environmentOf(model, workload, container).values()].filter(
    ({ name, value }) => name.endsWith('PORT') && /^\d+$/.test(value ?? ''),
  );
  const told = ports.filter(({ name, whole }) => portVariable.test(name) && whole === undefined);
  const [only] = told;
  if (only === undefined || told.length > 1) return;
  const declared = (container.spec.ports ?? []).map(({ containerPort }) => containerPort);
  if (declared.length === 0 || declared.includes(Number(only.value))) return;
  // Beside a port that another variable names, this one may be for something else.
  const asking = leadsTo(model, workload, container).filter(
    ({ port }) => declared.includes(port) && !ports.some(({ value }) => Number(value) === port),
  );
  if (asking.length === 0 || asking.some(({ port }) => port < 1024)) return;
  yield {
    object: only.object,
    path: only.path,
    message: `${only.name} tells container ${container.name} of ${workload.kind} ${workload.name} to listen on ${only.value}, and it declares ${declared.join(', ')}; ${[...new Set(asking.map(({ by }) => by))].join(', ')}: nothing would answer there`,
  };
}

/** A server's own settings make it listen elsewhere than where its Services, probes and monitors ask. */
export const listensElsewhere: Rule = {
  id: 'listens-elsewhere',
  severity: 'error',
  family: 'data systems',
  title: 'a server listens on another port than its Services, probes and monitors ask',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (!workload.serves) continue;
      for (const container of workload.containers) {
        const server = serverOf(model, workload, container);
        if (server === undefined) {
          yield* toldOtherwise(model, workload, container);
          continue;
        }
        const leads = leadsTo(model, workload, container);
        for (const [port, asking] of Map.groupBy(leads, (lead) => lead.port)) {
          const there = server.openings.filter(({ from, to }) => port >= from && port <= to);
          if (there.some(({ loopback }) => !loopback)) continue;
          const [shut] = there;
          const place = shut?.place ?? placeOf(server.openings, leads, container, workload, port);
          const who = [...new Set(asking.map(({ by }) => by))].join(', ');
          const key = place.key === '' ? '' : ` (${place.key}, ${place.by})`;
          yield {
            object: place.object,
            path: place.path,
            message:
              shut === undefined
                ? `${server.name} of ${workload.kind} ${workload.name} listens on ${describe(server.openings)}${key}, and ${who}: nothing would answer there`
                : `${server.name} of ${workload.kind} ${workload.name} listens on ${port} of its own pod alone${key}, and ${who}: nobody else would get an answer`,
          };
        }
      }
    }
  },
};
