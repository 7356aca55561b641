/** Words that stand before a colon and a number without being a host. */
const notHosts = new Set(
  'tcp udp sctp http https grpc ws port unix true false null none yes no on off nil undefined'.split(' '),
);

/** Words that are a setting's value by themselves: a variable that ends in HOST or MASTER may hold one. */
const notNames = new Set([
  ...notHosts,
  ...'local auto default all any self enabled disabled static dynamic master slave primary replica standalone cluster yarn mesos'.split(
    ' ',
  ),
]);

/** One label of a host name, as a pattern. */
export const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';

const hostPattern = new RegExp(`^${label}(?:\\.${label})*\\.?$`);

/** True for what DNS could hold: lower-case labels with a letter in them, or localhost; not a number, not an IP. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && hostPattern.test(text) && /[a-z]/.test(text) && !notHosts.has(text);
}

/** True for a bare word that names a host; words that are settings by themselves do not. */
export function isBareHost(text: string): boolean {
  return isHostName(text) && !notNames.has(text);
}

/** True for an IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return (
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ||
    /^\[?(?=.*:.*:)[0-9a-f:]*(?:\d{1,3}(?:\.\d{1,3}){3})?\]?$/i.test(text)
  );
}

/** A port that text holds in digits; undefined for what can be none. */
export function portOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port > 0 && port <= 65535 ? port : undefined;
}
