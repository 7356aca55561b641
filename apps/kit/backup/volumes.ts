import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { doomed, type Keep, nameOf, timeOf } from './keep.ts';
import { backupLabel, claimAnnotation, countAnnotation, nameLabel } from './labels.ts';

export interface VolumesConfig {
  readonly apiUrl: string;
  readonly tokenFile: string;
  readonly namespace: string;
  /** Labels of claims, `key=value`: those of the first are cut before any of the next. */
  readonly claims: readonly string[];
  /** A Lease: while it is there, what lies on the volumes is moved from one to another, and none is cut. Empty for none. */
  readonly heldBy: string;
  /** The class of snapshots; the cluster's own default where there is none. */
  readonly snapshotClass: string;
  readonly readySeconds: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

interface Claim {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
}

interface Snapshot {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: {
    readonly readyToUse?: boolean;
    readonly creationTime?: string;
    readonly error?: { readonly message?: string };
  };
}

/** What one backup of volumes came to. */
export interface VolumesBackup {
  readonly name: string;
  readonly claims: readonly string[];
  /** Between these two all volumes were cut. */
  readonly from: string;
  readonly to: string;
}

const every = 1000;

function connect({ apiUrl, tokenFile, namespace, signal }: VolumesConfig) {
  const request = async (method: string, path: string, body?: unknown): Promise<Response> => {
    // The token is changed under the process's hands.
    const token = (await readFile(tokenFile, 'utf8')).trim();
    return fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  const refused = (asked: string, status: number, text: string) =>
    new Error(`${asked}: the API server answered ${status} ${text.slice(0, 300)}`);
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await request(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw refused(`${method} ${path}`, answer.status, text);
    return JSON.parse(text) as Answer;
  };
  const snapshots = `/apis/snapshot.storage.k8s.io/v1/namespaces/${namespace}/volumesnapshots`;
  const select = (label: string) => `labelSelector=${encodeURIComponent(label)}`;
  return {
    isThere: async (lease: string): Promise<boolean> => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${lease}`;
      const answer = await request('GET', path);
      const text = await answer.text();
      if (!answer.ok && answer.status !== 404) throw refused(`GET ${path}`, answer.status, text);
      return answer.ok;
    },
    claims: async (label: string) =>
      (
        await ask<{ items: Claim[] }>(
          'GET',
          `/api/v1/namespaces/${namespace}/persistentvolumeclaims?${select(label)}`,
        )
      ).items,
    snapshots: async (label: string) =>
      (await ask<{ items: Snapshot[] }>('GET', `${snapshots}?${select(label)}`)).items,
    create: (snapshot: unknown) => ask<Snapshot>('POST', snapshots, snapshot),
    remove: (name: string) => ask<unknown>('DELETE', `${snapshots}/${encodeURIComponent(name)}`),
  };
}

/**
 * Takes a VolumeSnapshot of every claim with one of the labels, and waits until all can be used.
 * @throws Error where the Lease holds it off, a label has no claim, a snapshot fails, or one is not ready in time; what was made stays, as no good backup
 */
export async function snapshotVolumes(config: VolumesConfig): Promise<VolumesBackup> {
  const { log, namespace, snapshotClass, heldBy } = config;
  const server = connect(config);
  if (heldBy !== '' && (await server.isThere(heldBy)))
    throw new Error(
      `the Lease ${heldBy} is in ${namespace}: data moves between the volumes, and cut one after the other they could all be without it. npm run reassign removes it once all has moved; ended before that, run it again`,
    );
  const name = nameOf(new Date());
  const groups: (readonly [string, readonly Claim[]])[] = [];
  for (const label of config.claims) {
    const claims = await server.claims(label);
    if (claims.length === 0) throw new Error(`no claim in ${namespace} has the label ${label}`);
    groups.push([label, claims]);
  }
  const total = groups.reduce((sum, [, claims]) => sum + claims.length, 0);
  const end = performance.now() + config.readySeconds * 1000;
  const made: string[] = [];
  /** Awaits those that were made, as the cluster says of them. */
  const awaitAll = async (what: string, isSo: (snapshot: Snapshot) => boolean): Promise<Snapshot[]> => {
    for (;;) {
      const found = await server.snapshots(`${backupLabel}=${name}`);
      const failed = found.find(({ status }) => status?.error !== undefined && status.readyToUse !== true);
      // A driver that fails tries again by itself: its error may pass.
      const late = made.filter(
        (one) => !found.some((snapshot) => snapshot.metadata.name === one && isSo(snapshot)),
      );
      if (late.length === 0) return found;
      if (performance.now() > end) {
        const says = failed?.status?.error?.message;
        throw new Error(
          `not ${what} within ${config.readySeconds} s: ${late.join(', ')}${says === undefined ? '' : `; ${failed?.metadata.name}: ${says}`}`,
        );
      }
      await sleep(every, undefined, { signal: config.signal });
    }
  };
  for (const [label, claims] of groups) {
    for (const { metadata, spec } of claims) {
      const { accessModes, storageClassName, resources } = spec;
      const claim = { labels: metadata.labels, spec: { accessModes, storageClassName, resources } };
      const snapshot = `${metadata.name}-${name}`;
      await server.create({
        apiVersion: 'snapshot.storage.k8s.io/v1',
        kind: 'VolumeSnapshot',
        metadata: {
          name: snapshot,
          labels: { ...labelsOf(metadata.labels), [backupLabel]: name },
          annotations: { [countAnnotation]: String(total), [claimAnnotation]: JSON.stringify(claim) },
        },
        spec: {
          ...(snapshotClass === '' ? {} : { volumeSnapshotClassName: snapshotClass }),
          source: { persistentVolumeClaimName: metadata.name },
        },
      });
      made.push(snapshot);
      log.info({ claim: metadata.name, snapshot }, 'asked for a snapshot');
    }
    await awaitAll(`cut, of ${label},`, ({ status }) => status?.creationTime !== undefined);
  }
  const ready = await awaitAll('ready to use', ({ status }) => status?.readyToUse === true);
  const times = ready.map(({ status }) => status?.creationTime ?? '').sort();
  return { name, claims: made, from: times[0] ?? '', to: times.at(-1) ?? '' };
}

/** Who the claim belongs to, for people who look for its snapshots. */
function labelsOf(labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  const name = labels[nameLabel];
  return name === undefined ? {} : { [nameLabel]: name };
}

/** Removes the snapshots of backups that need not be kept. @returns their names */
export async function pruneVolumes(config: VolumesConfig, keep: Keep, now: Date): Promise<string[]> {
  const server = connect(config);
  const found = await server.snapshots(backupLabel);
  const sets = [...Map.groupBy(found, ({ metadata }) => metadata.labels?.[backupLabel] ?? '')];
  const backups = sets.flatMap(([name, snapshots]) => {
    const at = timeOf(name);
    const total = Number(snapshots[0]?.metadata.annotations?.[countAnnotation] ?? Number.NaN);
    const good = snapshots.length === total && snapshots.every(({ status }) => status?.readyToUse === true);
    return at === undefined ? [] : [{ name, at, good, snapshots }];
  });
  const gone = doomed(backups, keep, now);
  for (const { snapshots } of gone) for (const { metadata } of snapshots) await server.remove(metadata.name);
  return gone.map(({ name }) => name);
}
