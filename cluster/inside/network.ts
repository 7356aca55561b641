import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addresses, inside } from '../layout.ts';
import { inNetwork, must } from './command.ts';

/** Where the container network's configuration lies, inside. */
export const cniFolder = join(inside.run, 'cni');

/**
 * Makes a network namespace without a way out: a node's address, a default route that leads nowhere (kube-proxy and
 * pods want one), and what joins pods to it.
 */
export async function makeNetwork(): Promise<void> {
  await writeFile(inside.network, '');
  await must(['unshare', `--net=${inside.network}`, 'true']);
  // A bridge without ports: it is a device that carries an address wherever kernels have containers.
  const commands = [
    ['ip', 'link', 'set', 'lo', 'up'],
    ['ip', 'link', 'add', 'node0', 'type', 'bridge'],
    ['ip', 'address', 'add', `${addresses.node}/24`, 'dev', 'node0'],
    ['ip', 'link', 'set', 'node0', 'up'],
    ['ip', 'route', 'add', 'default', 'dev', 'node0'],
    ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'],
  ];
  for (const command of commands) await must(inNetwork(command));
  // Where the kernel's bridges can pass by netfilter, Services answer pods of the same node only through it.
  await must(
    inNetwork([
      'sh',
      '-c',
      'f=/proc/sys/net/bridge/bridge-nf-call-iptables; test ! -e $f || echo 1 > $f 2>/dev/null || true',
    ]),
  );
  await mkdir(cniFolder, { recursive: true });
  await writeFile(join(cniFolder, '10-plumbline.conflist'), JSON.stringify(podNetwork, null, 2));
}

const podNetwork = {
  cniVersion: '0.4.0',
  name: 'plumbline',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: join(inside.run, 'cni-addresses'),
        ranges: [[{ subnet: addresses.pods }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};
