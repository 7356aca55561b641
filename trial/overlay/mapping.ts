/**
 * Where the names of a cluster lead on this machine: `kafka-service:9092` to `127.0.0.1:17342`. What is not listed
 * stays as it is, and does not answer.
 */
export type Addresses = ReadonlyMap<string, string>;

/** A name of the map: a Service's short name or a longer form of it, and a port. */
const hostPort = /(?<![\w.-])([a-z0-9](?:[\w-]*\w)?)((?:\.[\w-]+)*):(\d{1,5})(?!\d)/g;

/** Replaces every `name:port` of a text, also with the namespace and `svc.cluster.local` behind the name. */
export function mapAddresses(text: string, addresses: Addresses): string {
  return text.replaceAll(hostPort, (all, name: string, rest: string, port: string) => {
    return addresses.get(`${name}${rest}:${port}`) ?? addresses.get(`${name}:${port}`) ?? all;
  });
}

/**
 * Maps the values of variables: every `name:port` in them, and the pairs `X_HOST` and `X_PORT` (or `HOST`, `PORT`).
 */
export function mapEnv(env: ReadonlyMap<string, string>, addresses: Addresses): Map<string, string> {
  const mapped = new Map([...env].map(([name, value]) => [name, mapAddresses(value, addresses)]));
  for (const [name, host] of env) {
    if (!/(?:^|_)HOST$/.test(name)) continue;
    const port = `${name.slice(0, -'HOST'.length)}PORT`;
    const leads = addresses.get(`${host}:${env.get(port)}`);
    if (leads === undefined) continue;
    const [address = '', number = ''] = leads.split(':');
    mapped.set(name, address).set(port, number);
  }
  return mapped;
}

/** Replaces paths of a container by those of this machine, where a whole path or a folder of one stands, also in a `file://` address. */
export function mapPaths(text: string, paths: ReadonlyMap<string, string>): string {
  // The longer first: /etc/broker/a before /etc/broker.
  const known = [...paths.keys()].sort((a, b) => b.length - a.length);
  if (known.length === 0) return text;
  const escaped = known.map((path) => path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`(?:(?<![\\w./}-])|(?<=file://))(?:${escaped.join('|')})(?![\\w-])`, 'g');
  return text.replaceAll(expression, (path) => paths.get(path) ?? path);
}
