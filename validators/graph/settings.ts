import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { documentsOf } from '../text/documents.ts';
import { remember } from '../text/remember.ts';
import {
  type Address,
  addressesInCommand,
  addressesInScript,
  addressesInValue,
  isBareHost,
  isCredential,
  isNoDestination,
  unique,
  wordsOf,
} from './addresses.ts';
import { passwordFile } from './data-source-names.ts';

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

/** The line of a text that first names a host, and its port where a line has both. */
function lineOf(text: string, { host, port }: Address): { readonly within?: number } {
  const lines = text.toLowerCase().split('\n');
  const both = lines.findIndex((line) => line.includes(host) && line.includes(String(port)));
  const found = both >= 0 ? both : lines.findIndex((line) => line.includes(host));
  return found < 0 ? {} : { within: found + 1 };
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
export function environmentOf(
  model: Model,
  workload: Workload,
  container: Container,
): ReadonlyMap<string, EnvValue> {
  let values = environments.get(container);
  if (values === undefined) {
    values = readEnvironment(model, workload, container);
    environments.set(container, values);
  }
  return values;
}

const environments = new WeakMap<Container, ReadonlyMap<string, EnvValue>>();

function readEnvironment(model: Model, workload: Workload, container: Container): Map<string, EnvValue> {
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
  return label === undefined ? undefined : own(workload.labels, label);
}

/** Last words of a name whose value is a host by itself. */
const hostWords = new Set(['host', 'hostname', 'pghost', 'dbhost', 'mysqlhost', 'redishost', 'mongohost']);
/** Last words of a name whose value may be one; a port beside it, or a dot in it, makes it sure. */
const looseWords = new Set(
  (
    'hosts server servers addr address addresses master seed seeds endpoint endpoints url uri broker brokers node nodes peers ' +
    'quorum service contactpoints upstream'
  ).split(' '),
);

/** A host alone, with the port that a variable of the same family names. */
function hostOnly(name: string, value: string, sibling: (name: string) => string | undefined): Address[] {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  // HOSTNAME alone is what a container calls itself.
  const strict = hostWords.has(last) && !(words.length === 1 && last === 'hostname');
  if ((!strict && !looseWords.has(last) && last !== 'hostname') || isNoDestination(name)) return [];
  const hosts = value.split(',').map((part) => part.trim());
  if (!hosts.every(isBareHost)) return [];
  const family = name.replace(/(?:hostname|hosts?|servers?|address|addr|master|seeds?)$/i, '');
  const port = Number(
    sibling(`${family}PORT`) ?? sibling(`${family}port`) ?? sibling(`${family}Port`) ?? Number.NaN,
  );
  const known = Number.isInteger(port) && port > 0 ? port : undefined;
  return hosts.map((host) => ({
    host,
    port: known,
    scheme: undefined,
    text: host,
    certainty: strict || known !== undefined || host.includes('.svc') ? 'told' : 'likely',
  }));
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

/**
 * A text with the variables that the environment holds: `$(NAME)`, `$NAME`, `${NAME}`, and the default of `${NAME:-default}`
 * (a shell's) or `${NAME:default}` (Spring's) where it holds none.
 */
export function expand(text: string, values: ReadonlyMap<string, Pick<EnvValue, 'value'>>): string {
  return text
    .replaceAll(
      /\$\{(?:env[:.])?([A-Za-z_]\w*)(?:(?::?[-=]|:)([^{}/][^{}]*))?\}/gi,
      (whole: string, name: string, otherwise?: string) =>
        values.has(name) ? (values.get(name)?.value ?? whole) : (otherwise ?? whole),
    )
    .replaceAll(
      /\$\(([A-Za-z_]\w*)\)|\$([A-Za-z_]\w*)/g,
      (whole: string, kubelet?: string, shell?: string) => {
        return values.get(kubelet ?? shell ?? '')?.value ?? whole;
      },
    );
}

/** Addresses in a command with its arguments: as words, or as a script where a shell runs one. */
export const addressesInCommandLine: (words: readonly string[]) => readonly Address[] = remember(
  readCommandLine,
  (words) => JSON.stringify(words),
);

function readCommandLine(words: readonly string[]): Address[] {
  const shell = words.findIndex((word) => /(?:^|\/)(?:ba|da|a)?sh$/.test(word));
  if (shell >= 0 && words.slice(shell + 1).some((word) => /^-\w*c$/.test(word))) {
    const script = words.slice(shell + 1).find((word) => !word.startsWith('-')) ?? '';
    return addressesInScript(script);
  }
  const found = addressesInCommand(words);
  const scripts = words.filter((word) => word.includes('\n')).flatMap(addressesInScript);
  return unique([...found, ...scripts]);
}

/** Files that are programs, prose or keys: what looks like an address in them is told to nobody. */
const notSettings =
  /\.(?:sql|cql|md|txt|csv|html?|css|[cm]?js|jsx|tsx?|svg|lua|py|rb|go|java|scala|php|pl|r|awk|ps1|pem|crt|cer|key|jks|p12|log|rules|tmpl|gotmpl)$/;

/** Addresses in a file, read as what its name says it is. */
export const addressesInFile: (name: string, text: string) => readonly Address[] = remember(
  readFile,
  // What is longer is seldom met twice, and would be kept for nothing.
  (name, text) => (text.length > 100_000 ? undefined : `${name}\0${text}`),
);

function readFile(name: string, text: string): Address[] {
  if (/\.(?:sh|bash|ash)$/.test(name) || /^#!.*sh\b/.test(text)) return addressesInScript(text);
  if (/(?:^|\.)pgpass$/.test(name)) return unique(passwordFile(text, isBareHost));
  if (notSettings.test(name) || text.startsWith('#!') || text.startsWith('-----BEGIN')) return [];
  if (/\.(?:ya?ml|json)$/.test(name)) {
    const read = documentsOf(text);
    return unique(
      'documents' in read
        ? read.documents.flatMap((document) => addressesInData('', document, undefined))
        : addressesInLines(text),
    );
  }
  if (/\.xml$/.test(name) || text.trimStart().startsWith('<')) return unique(addressesInMarkup(text));
  return unique(addressesInLines(text));
}

/** True for a dashboard or a file of alert rules: its links are for people. */
function isForPeople(fields: Readonly<Record<string, unknown>>): boolean {
  const { panels, groups } = fields;
  const first = Array.isArray(groups) ? (groups[0] as Record<string, unknown> | undefined) : undefined;
  return Array.isArray(panels) || Array.isArray(first?.rules);
}

function addressesInData(
  key: string,
  value: unknown,
  parent: Readonly<Record<string, unknown>> | undefined,
): Address[] {
  if (Array.isArray(value)) return value.flatMap((item) => addressesInData(key, item, undefined));
  if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    if (isForPeople(fields)) return [];
    return Object.entries(fields).flatMap(([name, item]) => addressesInData(name, item, fields));
  }
  if (typeof value !== 'string') return [];
  return fromKey(key, value, (name) => {
    const found = Object.entries(parent ?? {}).find(([field]) => field.toLowerCase() === name.toLowerCase());
    // Envoy's `address: x` stands beside its `port_value`.
    const port = found ?? Object.entries(parent ?? {}).find(([field]) => field === 'port_value');
    return port === undefined ? undefined : String(port[1]);
  });
}

function fromKey(key: string, value: string, sibling: (name: string) => string | undefined): Address[] {
  if (isNoDestination(key)) return [];
  const direct = addressesInValue(value).filter(({ scheme }) => scheme !== undefined || !isCredential(key));
  if (direct.length > 0) return direct;
  // `character-set-server = utf8` is no address: a key of a file says so for sure only by its last word.
  const sure = hostWords.has(wordsOf(key).at(-1) ?? '');
  return hostOnly(key, value, sibling).map((address) =>
    sure || address.port !== undefined ? address : { ...address, certainty: 'likely' as const },
  );
}

/** Text between the tags of XML, as Hadoop's and ClickHouse's files hold addresses; attributes are names of schemas. */
function addressesInMarkup(text: string): Address[] {
  return [...text.replaceAll(/<!--[\s\S]*?-->/g, '').matchAll(/<([\w.-]+)[^<>]*>([^<>]+)<\//g)].flatMap(
    ([, tag = '', value = '']) => fromKey(tag === 'value' ? '' : tag, value.trim(), () => undefined),
  );
}

/** Directives of nginx, HAProxy and Caddy whose words are where to connect. */
const passes =
  /^(?:server|proxy_pass|grpc_pass|fastcgi_pass|uwsgi_pass|scgi_pass|memcached_pass|reverse_proxy|to)$/;

/** `key = value`, `key: value` and `key value;` lines: properties, INI, nginx, and what is like them. */
function addressesInLines(text: string): Address[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  // What nginx calls an upstream, and HAProxy a backend, are names of this file alone.
  const own = new Set(
    [...joined.matchAll(/^\s*(?:upstream|backend|cluster|listen)\s+([\w.-]+)/gm)].map(
      ([, name]) => name ?? '',
    ),
  );
  const pairs: (readonly [string, string])[] = [];
  for (const line of joined.split('\n')) {
    if (/^\s*(?:[#;!]|\/\/|--)/.test(line)) continue;
    // nginx may have a whole block on one line.
    const inner = /[{]\s*((?:server|proxy_pass|return)\s[^{}]*)[}]/.exec(line)?.[1] ?? line;
    for (const statement of inner.includes(';') && !inner.includes('=') ? inner.split(';') : [inner]) {
      const [, key = '', value = ''] = /^\s*([\w.-]+)\s*[=:\s]\s*(.+?);?\s*$/.exec(statement) ?? [];
      if (key !== '') pairs.push([key, value]);
    }
  }
  const byKey = new Map(pairs);
  return pairs
    .flatMap(([key, written]) => {
      if (/^(?:listeners?|server_name|bind|return|rewrite)$/i.test(key)) return [];
      const value = written.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2');
      // `replicaof host port`, `sentinel monitor name host port quorum`.
      const [, host = '', port] = /^(?:monitor\s+\S+\s+)?([a-z0-9.-]+)\s+(\d+)(?:\s+\d+)?$/.exec(value) ?? [];
      if (/^(?:replicaof|slaveof|sentinel)$/.test(key) && isBareHost(host)) {
        return [
          {
            host,
            port: Number(port),
            scheme: undefined,
            text: `${host} ${port}`,
            certainty: 'told' as const,
          },
        ];
      }
      if (passes.test(key)) return value.split(/\s+/).flatMap(addressesInValue);
      return fromKey(key, value, (name) => byKey.get(name));
    })
    .filter(
      ({ host, portImplied, port }) => !own.has(host) || (port !== undefined && portImplied === undefined),
    );
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

/** A key of a ConfigMap or a Secret that a container sees as a file. */
export interface MountedFile {
  readonly key: string;
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Its whole path in the container. */
  readonly at: string;
}

/** The keys of ConfigMaps and Secrets that a container sees as files. */
export function mountedFiles(model: Model, workload: Workload, container: Container): readonly MountedFile[] {
  let files = filesOf.get(container);
  if (files === undefined) {
    files = readMounts(model, workload, container);
    filesOf.set(container, files);
  }
  return files;
}

const filesOf = new WeakMap<Container, readonly MountedFile[]>();

function readMounts(model: Model, workload: Workload, container: Container): MountedFile[] {
  const found: MountedFile[] = [];
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
        const below = mount.subPath === undefined ? `/${path}` : path.slice(mount.subPath.length);
        found.push({ key, kind, name, at: `${mount.mountPath.replace(/\/+$/, '')}${below}` });
      }
    }
  }
  return found;
}
