import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { addresses, inside } from '../layout.ts';
import { must } from './command.ts';

/** What the kubelet sets for the whole machine; no namespace has it, so it gets files of our own to write to. */
const hostSettings = [
  '/proc/sys/vm/overcommit_memory',
  '/proc/sys/vm/panic_on_oom',
  '/proc/sys/kernel/panic',
  '/proc/sys/kernel/panic_on_oops',
  '/proc/sys/kernel/keys/root_maxkeys',
  '/proc/sys/kernel/keys/root_maxbytes',
];

/**
 * Makes the file system that the cluster's programs see: the host's, with a /run of its own, a layer of its own over
 * /etc and /var, and the cluster's folder. All of it ends with the mount namespace, which nobody else is in.
 *
 * @param state the cluster's folder on the host, absolute
 */
export async function makeMounts(state: string): Promise<void> {
  // Mounts travel between the namespaces of pods as they do on a node; none leaves this one.
  await must(['mount', '--no-mtab', '--make-rprivate', '/']);
  // The folder may lie below /run itself, which is about to be covered.
  const passage = join(state, '.passage');
  await mkdir(passage, { recursive: true });
  await must(['mount', '--no-mtab', '-t', 'tmpfs', '-o', 'mode=755', 'plumbline', passage]);
  await mkdir(join(passage, basename(inside.run), 'state'), { recursive: true });
  await must(['mount', '--no-mtab', '--bind', state, join(passage, basename(inside.run), 'state')]);
  await must(['mount', '--no-mtab', '--move', passage, '/run']);
  for (const folder of inside.layered) await layer(folder);
  for (const file of hostSettings.filter((path) => existsSync(path))) await shadow(file);
  await writeFile(inside.resolvConf, `nameserver ${addresses.node}\n`);
  // /etc is ours here, whatever /etc/resolv.conf is a link to on the host.
  await must(['sh', '-c', `rm -f /etc/resolv.conf && cp ${inside.resolvConf} /etc/resolv.conf`]);
  await must(['mount', '--no-mtab', '--make-rshared', '/']);
}

async function layer(folder: string): Promise<void> {
  const upper = join(inside.run, 'layers', basename(folder), 'upper');
  const work = join(inside.run, 'layers', basename(folder), 'work');
  await Promise.all([upper, work].map((path) => mkdir(path, { recursive: true })));
  const options = `lowerdir=${folder},upperdir=${upper},workdir=${work}`;
  await must(['mount', '--no-mtab', '-t', 'overlay', '-o', options, 'plumbline', folder]);
}

async function shadow(file: string): Promise<void> {
  const copy = join(inside.run, 'settings', file.replaceAll('/', '-'));
  await mkdir(join(inside.run, 'settings'), { recursive: true });
  await writeFile(copy, readFileSync(file));
  await must(['mount', '--no-mtab', '--bind', copy, file]);
}
