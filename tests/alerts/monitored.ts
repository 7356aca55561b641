import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Model } from '@plumbline/validators';
import { stringify } from 'yaml';
import { prometheusPrograms } from '../../trial/downloads/prometheus.ts';
import { freePort } from '../../trial/process/free-port.ts';
import { lastWords, start } from '../../trial/process/start.ts';
import type { Trial } from '../../trial/trial.ts';
import { until } from '../../trial/until.ts';
import type { RuleFile } from './rules.ts';

/** What a monitor has scraped, with the labels that the operator gives it. */
export interface Target {
  readonly workload: string;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Endpoint {
  readonly port: string;
  readonly path: string;
  /** Of the house: labels by name alone, for two endpoints of one port. */
  readonly relabelings?: readonly { readonly targetLabel: string; readonly replacement: string }[];
}

interface Port {
  readonly name?: string;
  readonly targetPort?: string | number;
}

type Labels = Readonly<Record<string, string>>;

interface Wanted {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
}

/** As far as the house's own monitors go: labels, and `In`. */
function selects({ matchLabels = {}, matchExpressions = [] }: Wanted, labels: Labels = {}): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
  );
}

/**
 * What the ServiceMonitors and PodMonitors of a rendered system have scraped.
 * Labels as in prometheus-operator/prometheus-operator, `pkg/prometheus/promcfg.go`.
 */
export function targetsOf({ all, workloads }: Pick<Model, 'all' | 'workloads'>): Target[] {
  const targets: Target[] = [];
  const podsOf = (wanted: Wanted, portName: string) =>
    workloads.flatMap((workload) => {
      if (!selects(wanted, workload.labels)) return [];
      const container = workload.containers.find(({ spec }) =>
        ((spec.ports ?? []) as readonly Port[]).some(({ name }) => name === portName),
      );
      return container === undefined ? [] : [{ workload: workload.name, container: container.name }];
    });
  for (const { metadata, spec } of all('monitoring.coreos.com', 'ServiceMonitor')) {
    const { selector, endpoints } = spec as unknown as { selector: Wanted; endpoints: Endpoint[] };
    const namespace = metadata.namespace ?? '';
    for (const service of all('', 'Service')) {
      if (!selects(selector, service.metadata.labels as Labels)) continue;
      const { ports, selector: pods } = service.spec as unknown as { ports: Port[]; selector: Labels };
      for (const one of endpoints) {
        const { port: endpoint, path } = one;
        const port = ports.find(({ name }) => name === endpoint);
        if (port === undefined) continue;
        const job = service.metadata.name;
        for (const { workload, container } of podsOf({ matchLabels: pods }, String(port.targetPort)))
          targets.push({
            workload,
            path,
            labels: { namespace, job, service: job, endpoint, container, ...ownLabels(one) },
          });
      }
    }
  }
  for (const { metadata, spec } of all('monitoring.coreos.com', 'PodMonitor')) {
    const { selector, podMetricsEndpoints } = spec as unknown as {
      selector: Wanted;
      podMetricsEndpoints: Endpoint[];
    };
    const namespace = metadata.namespace ?? '';
    for (const one of podMetricsEndpoints) {
      const { port: endpoint, path } = one;
      const job = `${namespace}/${metadata.name}`;
      for (const { workload, container } of podsOf(selector, endpoint))
        targets.push({
          workload,
          path,
          labels: { namespace, job, endpoint, container, ...ownLabels(one) },
        });
    }
  }
  return targets;
}

/** The labels that an endpoint gives by itself. */
const ownLabels = ({ relabelings = [] }: Endpoint): Labels =>
  Object.fromEntries(relabelings.map(({ targetLabel, replacement }) => [targetLabel, replacement]));

export interface Sample {
  readonly metric: Labels;
  readonly value: readonly [number, string];
}

export interface Prometheus {
  /** What an expression gives at the moment. @throws Error with what Prometheus says of it. */
  readonly query: (expression: string) => Promise<readonly Sample[]>;
  /** What went wrong when the rules were evaluated, by their names; none is missing once it resolves. */
  readonly mistakes: () => Promise<readonly string[]>;
}

/** Where the pods of a workload answer here: pod and URL. */
export type Pods = ReadonlyMap<string, readonly (readonly [pod: string, url: string])[]>;

/** Starts Prometheus on what the monitors name, with the rules of production, and waits until it has scraped all of it. */
export async function startPrometheus(
  trial: Trial,
  targets: readonly Target[],
  pods: Pods,
  rules: readonly RuleFile[] = [],
): Promise<Prometheus> {
  const { prometheus } = await prometheusPrograms(trial.say);
  const folder = join(trial.folder, 'prometheus');
  await mkdir(folder, { recursive: true });
  for (const { name, groups } of rules) await writeFile(join(folder, `${name}.yaml`), stringify({ groups }));
  const scraped = targets.flatMap(({ workload, path, labels }, index) =>
    (pods.get(workload) ?? []).map(([pod, url]) => ({
      job_name: `${labels.job}/${pod}/${index}`,
      metrics_path: path,
      static_configs: [{ targets: [new URL(url).host], labels: { ...labels, pod } }],
    })),
  );
  const config = {
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    rule_files: rules.map(({ name }) => `${name}.yaml`),
    scrape_configs: scraped,
  };
  await writeFile(join(folder, 'prometheus.yml'), stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const running = start({
    name: 'prometheus',
    command: [
      prometheus,
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    env: { PATH: process.env.PATH ?? '' },
    cwd: folder,
    logFile: join(trial.folder, 'prometheus.log'),
  });
  trial.keep(running);
  const ask = async <Data>(path: string): Promise<Data> => {
    const answer = await fetch(`http://${address}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
    const { data, error } = (await answer.json()) as { data?: Data; error?: string };
    if (data === undefined) throw new Error(`${path}: ${error}`);
    return data;
  };
  const query = async (expression: string) =>
    (await ask<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(expression)}`)).result;
  const isComplete = async () => {
    if (running.state() !== undefined) throw new Error(`Prometheus ended:\n${lastWords(running)}`);
    return (await query('up == 1').catch(() => [])).length === scraped.length;
  };
  await until(isComplete, {
    deadline: 120_000,
    what: `Prometheus with ${scraped.length} targets`,
    every: 200,
  });
  return {
    query,
    async mistakes() {
      interface Rule {
        readonly name: string;
        readonly health: string;
        readonly lastError?: string;
      }
      const read = async () =>
        (await ask<{ groups: { rules: Rule[] }[] }>('rules')).groups.flatMap((group) => group.rules);
      const isDone = async () => (await read()).every(({ health }) => health !== 'unknown');
      await until(isDone, { deadline: 60_000, what: 'every rule once', every: 200 });
      return (await read())
        .filter(({ health }) => health !== 'ok')
        .map(({ name, lastError }) => `${name}: ${lastError}`);
    },
  };
}
