import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { type Address, addressesInValue } from './addresses.ts';
import { addressesInCommandLine, addressesInScript } from './addresses-in-commands.ts';
import { addressesInFile } from './addresses-in-files.ts';
import { type EnvValue, environmentOf, expand } from './container-environment.ts';
import { hostOnly } from './hosts-alone.ts';
import { mountedFiles } from './mounted-files.ts';
import { isCredential, isNoDestination } from './setting-names.ts';

/** Something that tells a workload where to connect, with the place that says so. */
export interface Told {
  readonly workload: Workload;
  /** Undefined for a file that the pod mounts. */
  readonly container: Container | undefined;
  readonly address: Address;
  /** The object and path that hold the text: the workload, or the ConfigMap or Secret it reads. */
  readonly object: KubernetesObject;
  readonly path: string;
  /** What tells it, as a person would say: `env DB_HOST`, `initContainer wait-for-mysql`, `file config.yaml`. */
  readonly by: string;
  /** True when the same file is mounted by several workloads, and not each of them need read the address. */
  readonly shared: boolean;
  /** The line of the file's text that holds it, from 1, where it stands there as it is read. */
  readonly within?: number;
}

/** Everything that tells a target's workloads where to connect: environment, commands, waits, and mounted files. */
export function whatIsTold(model: Model): Told[] {
  const told: Told[] = [];
  const mounts = new Map<string, Set<Workload>>();
  const files: {
    workload: Workload;
    container: Container;
    key: string;
    kind: 'ConfigMap' | 'Secret';
    name: string;
  }[] = [];
  const taken = takenWhole(model);
  for (const workload of model.workloads) {
    for (const container of workload.containers) {
      const environment = environmentOf(model, workload, container);
      for (const { entry, address } of fromEnvironment(environment)) {
        const { object, path, name, whole } = entry;
        const shared = whole !== undefined && (taken.get(whole)?.size ?? 0) > 1;
        told.push({ workload, container, address, object, path, by: `env ${name}`, shared });
      }
      for (const [field, words] of commandsOf(container)) {
        for (const address of addressesInCommandLine(words.map((word) => expand(word, environment)))) {
          const path = joinPath(container.path, wordOf(container, field, address));
          const what = container.role === 'init' ? 'initContainer' : 'container';
          const asker = /^(?:lifecycle\.)?(\w+)\.exec/.exec(field)?.[1];
          const by = `${asker === undefined ? '' : `${asker} of `}${what} ${container.name}`;
          told.push({ workload, container, address, object: workload.object, path, by, shared: false });
        }
      }
      for (const file of mountedFiles(model, workload, container)) {
        files.push({ workload, container, ...file });
        const id = `${file.kind} ${workload.namespace} ${file.name} ${file.key}`;
        mounts.set(id, (mounts.get(id) ?? new Set()).add(workload));
      }
    }
  }
  for (const { workload, container, key, kind, name } of files) {
    const configuration = model.configuration(kind, workload.namespace, name);
    const text = configuration?.values.get(key);
    if (configuration === undefined || text === undefined) continue;
    const shared = (mounts.get(`${kind} ${workload.namespace} ${name} ${key}`)?.size ?? 0) > 1;
    for (const address of addressesInFile(key, expand(text, environmentOf(model, workload, container)))) {
      told.push({
        workload,
        container,
        address,
        object: configuration.object,
        path: configuration.pathOf(key),
        by: `file ${key}`,
        shared,
        ...lineOf(text, address),
      });
    }
  }
  return told;
}

function fromEnvironment(values: ReadonlyMap<string, EnvValue>): { entry: EnvValue; address: Address }[] {
  return [...values.values()].flatMap((entry) => {
    const { name, value } = entry;
    if (value === undefined || isNoDestination(name)) return [];
    // `admin:12345` is a user and a password.
    const direct = addressesInValue(value).filter(
      ({ scheme }) => scheme !== undefined || !isCredential(name),
    );
    const found = direct.length > 0 ? direct : hostOnly(name, value, (other) => values.get(other)?.value);
    // Several lines, or words with spaces, are options or a script: JVM flags, a command.
    const inside = found.length > 0 ? found : /\s/.test(value) ? addressesInScript(value) : [];
    return inside.map((address) => ({ entry, address }));
  });
}

/** The line of a text that first names a host, and its port where a line has both. */
function lineOf(text: string, { host, port }: Address): { readonly within?: number } {
  const lines = text.toLowerCase().split('\n');
  const both = lines.findIndex((line) => line.includes(host) && line.includes(String(port)));
  const found = both >= 0 ? both : lines.findIndex((line) => line.includes(host));
  return found < 0 ? {} : { within: found + 1 };
}

/** The workloads that take each ConfigMap and Secret whole, by envFrom. */
function takenWhole(model: Model): Map<string, Set<Workload>> {
  const taken = new Map<string, Set<Workload>>();
  for (const workload of model.workloads) {
    for (const { spec } of workload.containers) {
      for (const { configMapRef, secretRef } of spec.envFrom ?? []) {
        const kind = secretRef ? 'Secret' : 'ConfigMap';
        const key = `${kind} ${workload.namespace} ${secretRef?.name ?? configMapRef?.name ?? ''}`;
        taken.set(key, (taken.get(key) ?? new Set()).add(workload));
      }
    }
  }
  return taken;
}

/** The word of a command line that holds an address, as `args[0]`. */
function wordOf({ spec }: Container, field: string, { host }: Address): string {
  const lists: readonly (readonly [string, readonly string[] | undefined])[] =
    field === 'command' || field === 'args'
      ? [
          ['command', spec.command],
          ['args', spec.args],
        ]
      : [[field, wordsAt(spec, field)]];
  for (const [name, words = []] of lists) {
    const index = words.findIndex((word) => word.toLowerCase().includes(host));
    if (index >= 0) return `${name}[${index}]`;
  }
  return field;
}

/** The words of a probe's or a hook's command. */
function wordsAt(spec: Container['spec'], field: string): readonly string[] | undefined {
  const found = field
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], spec);
  return found as readonly string[] | undefined;
}

function commandsOf(container: Container): [string, readonly string[]][] {
  const { command, args, lifecycle, livenessProbe, readinessProbe, startupProbe } = container.spec;
  const line: [string, readonly string[]][] = [];
  const main = [...(command ?? []), ...(args ?? [])];
  if (main.length > 0) line.push([args === undefined ? 'command' : 'args', main]);
  for (const hook of ['postStart', 'preStop'] as const) {
    const words = lifecycle?.[hook]?.exec?.command;
    if (words) line.push([`lifecycle.${hook}.exec.command`, words]);
  }
  for (const [name, probe] of Object.entries({ livenessProbe, readinessProbe, startupProbe })) {
    if (probe?.exec?.command) line.push([`${name}.exec.command`, probe.exec.command]);
  }
  return line;
}
