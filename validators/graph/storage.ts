import type { Container, Workload } from '../model/workload.ts';

/** What holds the files below a path of a container. */
export interface Backing {
  /** `lasting` outlives the pod; `pod` goes with it, `container` with the container; `settings` is what a ConfigMap or Secret gives. */
  readonly kind: 'lasting' | 'pod' | 'container' | 'settings';
  /** `emptyDir tmp`, `the container's own file system`. */
  readonly described: string;
}

function plain(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/+$/, '');
}

function backingOf(workload: Workload, name: string): Backing {
  if (workload.claimTemplates.includes(name)) return { kind: 'lasting', described: `claim ${name}` };
  const volume = (workload.pod.volumes ?? []).find((one) => one.name === name);
  if (volume?.emptyDir) return { kind: 'pod', described: `emptyDir ${name}` };
  if (volume?.ephemeral) return { kind: 'pod', described: `ephemeral volume ${name}` };
  if (volume?.persistentVolumeClaim)
    return { kind: 'lasting', described: `claim ${volume.persistentVolumeClaim.claimName}` };
  if (volume?.configMap || volume?.secret || volume?.projected || volume?.downwardAPI)
    return { kind: 'settings', described: `volume ${name}` };
  return { kind: 'lasting', described: `volume ${name}` };
}

/** What holds the files below an absolute path of a container: the nearest mount above it, or the container's own file system. */
export function storageAt(workload: Workload, { spec }: Container, path: string): Backing {
  const wanted = plain(path);
  const [mount] = (spec.volumeMounts ?? [])
    .filter(({ mountPath }) => {
      const root = plain(mountPath);
      return wanted === root || wanted.startsWith(root === '/' ? '/' : `${root}/`);
    })
    .sort((a, b) => plain(b.mountPath).length - plain(a.mountPath).length);
  if (mount === undefined) return { kind: 'container', described: "the container's own file system" };
  return backingOf(workload, mount.name);
}

/** The mounts of a container that it may write to and that outlive the pod, as `claim data at /data`. */
export function lastingMounts(
  workload: Workload,
  { spec }: Container,
): { readonly described: string; readonly at: string }[] {
  return (spec.volumeMounts ?? []).flatMap(({ name, mountPath, readOnly }) => {
    const { kind, described } = backingOf(workload, name);
    const isClaim = described.startsWith('claim ');
    return kind === 'lasting' && isClaim && readOnly !== true ? [{ described, at: plain(mountPath) }] : [];
  });
}

/** The path of a local folder, as a setting writes it: `/data`, `file:///data`; undefined for a store elsewhere. */
export function localPath(value: string): string | undefined {
  if (/[$`<]|\{\{/.test(value)) return undefined;
  const [, path] = /^(?:file:(?:\/\/)?(?=\/))?(\/[^\s:]*)$/.exec(value.trim()) ?? [];
  return path;
}
