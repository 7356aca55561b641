import { load } from 'js-yaml';
import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import {
  type Address,
  addressesInCommand,
  addressesInScript,
  addressesInValue,
  isHostName,
  unique,
} from './addresses.ts';

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
}

/** One value of a container's environment, wherever it comes from. */
export interface EnvValue {
  readonly name: string;
  /** Undefined where only the cluster knows it. */
  readonly value: string | undefined;
  readonly object: KubernetesObject;
  readonly path: string;
  /** The ConfigMap or Secret that came whole, by envFrom: what it holds need not concern this container. */
  readonly whole: string | undefined;
}

/** The environment of a container as the kubelet would make it: envFrom first, then env, with `$(NAME)` expanded. */
export function environmentOf(model: Model, workload: Workload, container: Container): Map<string, EnvValue> {
  const values = new Map<string, EnvValue>();
  const { object, namespace } = workload;
  for (const source of container.spec.envFrom ?? []) {
    const kind = source.secretRef ? 'Secret' : 'ConfigMap';
    const name = source.secretRef?.name ?? source.configMapRef?.name ?? '';
    const configuration = model.configuration(kind, namespace, name);
    for (const [key, value] of configuration?.values ?? []) {
      const variable = `${source.prefix ?? ''}${key}`;
      values.set(variable, {
        name: variable,
        value,
        object: configuration?.object ?? object,
        path: configuration?.pathOf(key) ?? '',
        whole: `${kind} ${namespace} ${name}`,
      });
    }
  }
  for (const [index, entry] of (container.spec.env ?? []).entries()) {
    const path = joinPath(container.path, `env[${index}].value`);
    const from = entry.valueFrom;
    const reference = from?.configMapKeyRef ?? from?.secretKeyRef;
    if (reference) {
      const kind = from?.configMapKeyRef ? 'ConfigMap' : 'Secret';
      const configuration = model.configuration(kind, namespace, reference.name ?? '');
      values.set(entry.name, {
        name: entry.name,
        value: configuration?.values.get(reference.key),
        object: configuration?.object ?? object,
        path: configuration?.pathOf(reference.key) ?? path,
        whole: undefined,
      });
    } else if (from) {
      const value = fieldValue(workload, from.fieldRef?.fieldPath);
      values.set(entry.name, { name: entry.name, value, object, path, whole: undefined });
    } else {
      const value = (entry.value ?? '').replaceAll(/\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name: string) => {
        const known = values.get(name);
        return known?.value ?? whole;
      });
      values.set(entry.name, { name: entry.name, value, object, path, whole: undefined });
    }
  }
  return values;
}

/** What the kubelet fills in for a field of the pod; of a StatefulSet's pods, the first stands for all. */
function fieldValue(workload: Workload, fieldPath: string | undefined): string | undefined {
  if (fieldPath === 'metadata.namespace') return workload.namespace;
  if (fieldPath === 'metadata.name' && workload.kind === 'StatefulSet') return `${workload.name}-0`;
  if (fieldPath === "metadata.labels['apps.kubernetes.io/pod-index']") return '0';
  const label = /^metadata\.labels\['(.+)'\]$/.exec(fieldPath ?? '')?.[1];
  return label === undefined ? undefined : workload.labels[label];
}

/** Names of variables whose value is a host by itself. */
const hostVariable = /(?:^|[_.-])(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS|MASTER)$/i;
const looseVariable =
  /(?:^|[_.-])(?:HOSTS|SERVERS|SEEDS?|ENDPOINTS?|URL|URI|BROKERS?|NODES|PEERS|QUORUM|SERVICE)$/i;
/** Names of variables that are never an address, whatever their value looks like. */
const notAddress =
  /(?:IMAGE|VERSION|TAG|LISTEN|BIND|ADVERTISED|CORS|ORIGIN|ALLOWED|PUBLIC|ISSUER|AUDIENCE|SERVICE_NAME)/i;

/** A host alone, with the port that a variable of the same family names. */
function hostOnly(name: string, value: string, sibling: (name: string) => string | undefined): Address[] {
  const strict = hostVariable.test(name);
  if ((!strict && !looseVariable.test(name)) || notAddress.test(name)) return [];
  const hosts = value.split(',').map((part) => part.trim());
  if (!hosts.every(isHostName)) return [];
  const family = name.replace(/(?:HOSTNAME|HOSTS?|SERVERS?|ADDRESS|ADDR|MASTER|SEEDS?)$/i, '');
  const port = Number(sibling(`${family}PORT`) ?? sibling(`${family}port`) ?? Number.NaN);
  return hosts.map((host) => ({
    host,
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    scheme: undefined,
    text: host,
    certainty: strict ? 'told' : 'likely',
  }));
}

function fromEnvironment(values: ReadonlyMap<string, EnvValue>): { entry: EnvValue; address: Address }[] {
  return [...values.values()].flatMap((entry) => {
    const { name, value } = entry;
    if (value === undefined || value.includes('$(') || notAddress.test(name)) return [];
    const direct = addressesInValue(value);
    const found = direct.length > 0 ? direct : hostOnly(name, value, (other) => values.get(other)?.value);
    // Several lines, or words with spaces, are options or a script: JVM flags, a command.
    const inside = found.length > 0 ? found : /\s/.test(value) ? addressesInScript(value) : [];
    return inside.map((address) => ({ entry, address }));
  });
}

function expand(text: string, values: ReadonlyMap<string, EnvValue>): string {
  return text.replaceAll(
    /\$[({]?([A-Za-z_]\w*)[)}]?/g,
    (whole, name: string) => values.get(name)?.value ?? whole,
  );
}

/** Addresses in a command with its arguments: as words, or as a script where a shell runs one. */
export function addressesInCommandLine(words: readonly string[]): Address[] {
  const shell = words.findIndex((word) => /(?:^|\/)(?:ba|da|a)?sh$/.test(word));
  if (shell >= 0 && words.slice(shell + 1).some((word) => /^-\w*c$/.test(word))) {
    const script = words.slice(shell + 1).find((word) => !word.startsWith('-')) ?? '';
    return addressesInScript(script);
  }
  const found = addressesInCommand(words);
  const scripts = words.filter((word) => word.includes('\n')).flatMap(addressesInScript);
  return unique([...found, ...scripts]);
}

/** Addresses in a file, read as what its name says it is. */
export function addressesInFile(name: string, text: string): Address[] {
  if (/\.(?:sh|bash)$/.test(name) || text.startsWith('#!')) return addressesInScript(text);
  if (/\.(?:ya?ml|json)$/.test(name)) {
    try {
      return unique(addressesInData('', load(text), undefined));
    } catch {
      return unique(addressesInLines(text));
    }
  }
  if (/\.(?:sql|cql|md|txt|csv|html?|css|js|ts|svg|lua)$/.test(name)) return [];
  return unique(addressesInLines(text));
}

function addressesInData(
  key: string,
  value: unknown,
  parent: Readonly<Record<string, unknown>> | undefined,
): Address[] {
  if (Array.isArray(value)) return value.flatMap((item) => addressesInData(key, item, undefined));
  if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    return Object.entries(fields).flatMap(([name, item]) => addressesInData(name, item, fields));
  }
  if (typeof value !== 'string') return [];
  return fromKey(key, value, (name) => {
    const found = Object.entries(parent ?? {}).find(([field]) => field.toLowerCase() === name.toLowerCase());
    return found === undefined ? undefined : String(found[1]);
  });
}

function fromKey(key: string, value: string, sibling: (name: string) => string | undefined): Address[] {
  if (notAddress.test(key)) return [];
  const direct = addressesInValue(value);
  if (direct.length > 0) return direct;
  // `character-set-server = utf8` is no address: a key of a file says so for sure only by its last word.
  const sure = /(?:^|[._])(?:host|hostname|address)$/i.test(key);
  return hostOnly(key, value, sibling).map((address) =>
    sure ? address : { ...address, certainty: 'likely' as const },
  );
}

/** `key = value`, `key: value` and `key value;` lines: properties, INI, nginx, and what is like them. */
function addressesInLines(text: string): Address[] {
  const pairs = new Map<string, string>();
  const found: Address[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*(?:[#;!]|\/\/|--)/.test(line)) continue;
    const [, key = '', value = ''] = /^\s*([\w.-]+)\s*[=:\s]\s*(.+?);?\s*$/.exec(line) ?? [];
    if (key !== '') pairs.set(key, value);
  }
  for (const [key, value] of pairs) {
    if (notAddress.test(key) || /^(?:listeners?|server_name|bind)$/i.test(key)) continue;
    found.push(...fromKey(key, value.replace(/^["']|["']$/g, ''), (name) => pairs.get(name)));
  }
  return found;
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
          const path = joinPath(container.path, field);
          const by = `${container.role === 'init' ? 'initContainer' : 'container'} ${container.name}`;
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
      });
    }
  }
  return told;
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

function commandsOf(container: Container): [string, readonly string[]][] {
  const { command, args, lifecycle } = container.spec;
  const line: [string, readonly string[]][] = [];
  const main = [...(command ?? []), ...(args ?? [])];
  if (main.length > 0) line.push([args === undefined ? 'command' : 'args', main]);
  for (const hook of ['postStart', 'preStop'] as const) {
    const words = lifecycle?.[hook]?.exec?.command;
    if (words) line.push([`lifecycle.${hook}.exec.command`, words]);
  }
  return line;
}

/** The keys of ConfigMaps and Secrets that a container sees as files. */
export function mountedFiles(
  model: Model,
  workload: Workload,
  container: Container,
): { key: string; kind: 'ConfigMap' | 'Secret'; name: string }[] {
  const found: { key: string; kind: 'ConfigMap' | 'Secret'; name: string }[] = [];
  for (const mount of container.spec.volumeMounts ?? []) {
    const volume = (workload.pod.volumes ?? []).find(({ name }) => name === mount.name);
    const sources = [
      ...(volume?.configMap
        ? [{ kind: 'ConfigMap' as const, name: volume.configMap.name ?? '', items: volume.configMap.items }]
        : []),
      ...(volume?.secret
        ? [{ kind: 'Secret' as const, name: volume.secret.secretName ?? '', items: volume.secret.items }]
        : []),
      ...(volume?.projected?.sources ?? []).flatMap(({ configMap, secret }) => [
        ...(configMap
          ? [{ kind: 'ConfigMap' as const, name: configMap.name ?? '', items: configMap.items }]
          : []),
        ...(secret ? [{ kind: 'Secret' as const, name: secret.name ?? '', items: secret.items }] : []),
      ]),
    ];
    for (const { kind, name, items } of sources) {
      const configuration = model.configuration(kind, workload.namespace, name);
      const keys: { key: string; path: string }[] =
        items?.map(({ key, path }) => ({ key, path })) ??
        [...(configuration?.values.keys() ?? [])].map((key) => ({ key, path: key }));
      for (const { key, path } of keys) {
        if (mount.subPath !== undefined && path !== mount.subPath && !path.startsWith(`${mount.subPath}/`))
          continue;
        found.push({ key, kind, name });
      }
    }
  }
  return found;
}
