import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { pooled } from '../process/pool.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { readStream } from '../render/stream.ts';
import { type Application, type Planned, planned } from './applications.ts';
import type { Checkout } from './generators.ts';

/** What a folder gives Argo CD. */
export type Manifests =
  | { readonly objects: readonly KubernetesObject[] }
  | { readonly failure: string }
  /** A chart, jsonnet, a plugin: Argo CD alone renders it. */
  | 'not rendered here'
  | 'missing';

/** An Application with what it would apply. */
export interface Delivery {
  readonly application: Application;
  /** Undefined where the repository is not the one at hand, or the folder is not known. */
  readonly manifests: Manifests | undefined;
}

/** What a target's Applications would bring. */
export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  readonly unmatched: Planned['unmatched'];
  readonly parameters: Planned['parameters'];
  readonly repeated: Planned['repeated'];
  /** Every AppProject that the run knows of. */
  readonly projects: readonly KubernetesObject[];
  /** Folders of the repository at hand, for suggestions. */
  readonly folders: readonly string[];
}

/** How long git may take to name its remotes, in milliseconds. */
const deadline = 5_000;

/** Renders a kustomization of the repository at hand. */
export type Render = (
  folder: string,
) => Promise<{ readonly objects: readonly KubernetesObject[] } | { readonly failure: string }>;

/**
 * What the Applications of a target would apply, as far as the repository at hand says.
 *
 * A repository is the one at hand when git has it as a remote, or when one of the folders that Applications take from it
 * stands in it.
 * @param projects the AppProjects of the whole run.
 */
export async function deliver(
  root: string,
  objects: readonly KubernetesObject[],
  projects: readonly KubernetesObject[],
  render: Render,
): Promise<Deliveries | undefined> {
  let found: Checkout | undefined;
  const checkout = (): Checkout => {
    found ??= readCheckout(root);
    return found;
  };
  const { applications, unmatched, parameters, repeated } = planned(objects, checkout);
  if (applications.length === 0 && unmatched.length === 0) return undefined;
  const { files } = checkout();
  const folders = new Set(files.flatMap((file) => parents(file)));
  const remotes = await remotesOf(root);
  const here = new Set(
    applications
      .filter(({ path, repository }) => folders.has(path ?? '') || remotes.has(plain(repository ?? '')))
      .map(({ repository }) => repository),
  );
  const rendered = new Map<string, Manifests>();
  const wanted = [
    ...new Set(applications.filter(({ repository }) => here.has(repository)).map(({ path }) => path)),
  ];
  await pooled(wanted, 2, async (path) => {
    if (path !== undefined)
      rendered.set(
        path,
        folders.has(path) || path === '' ? await manifestsOf(root, path, files, render) : 'missing',
      );
  });
  return {
    deliveries: applications.map((application) => ({
      application,
      manifests: here.has(application.repository) ? rendered.get(application.path ?? '\u0000') : undefined,
    })),
    unmatched: unmatched.filter(({ repository }) => here.has(repository) || remotes.has(plain(repository))),
    parameters,
    repeated,
    projects,
    folders: [...folders],
  };
}

/** The namespaces that Argo CD makes for a target's Applications. */
export function namespacesMade(deliveries: Deliveries | undefined): string[] {
  return (deliveries?.deliveries ?? []).flatMap(({ application: { makesNamespace, namespace } }) =>
    makesNamespace && namespace !== undefined ? [namespace] : [],
  );
}

/** The folders that a file stands in. */
function parents(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

async function manifestsOf(
  root: string,
  folder: string,
  files: readonly string[],
  render: Render,
): Promise<Manifests> {
  const own = files.filter((file) =>
    folder === ''
      ? !file.includes('/')
      : file.startsWith(`${folder}/`) && !file.slice(folder.length + 1).includes('/'),
  );
  const names = new Set(own.map((file) => file.split('/').at(-1)));
  if (['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) => names.has(name)))
    return render(folder);
  if (names.has('Chart.yaml') || own.some((file) => /\.(?:jsonnet|libsonnet)$/.test(file)))
    return 'not rendered here';
  const manifests = own.filter((file) => /\.(?:ya?ml|json)$/.test(file));
  return {
    objects: manifests.flatMap((file) =>
      readStream(readFileSync(join(root, file), 'utf8'), file).objects.map(({ object }) => object),
    ),
  };
}

/** Every file of a repository, but those of git, of packages and of caches. */
function readCheckout(root: string): Checkout {
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else files.push(relative(root, path).split(sep).join('/'));
    }
  };
  walk(root);
  return {
    files,
    text: (file) => {
      try {
        return readFileSync(join(root, file), 'utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** A repository's URL without what may differ: the protocol, a user, `.git`. */
function plain(url: string): string {
  return url
    .toLowerCase()
    .replace(/^\w+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(':', '/')
    .replace(/\.git\/?$|\/$/, '');
}

async function remotesOf(root: string): Promise<Set<string>> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['-C', root, 'config', '--get-regexp', String.raw`^remote\..*\.url$`],
    { timeout: deadline },
  ).catch(() => ({ stdout: '' }));
  return new Set(
    stdout.split('\n').flatMap((line) => (line === '' ? [] : [plain(line.slice(line.indexOf(' ') + 1))])),
  );
}
