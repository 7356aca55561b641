import { BlockList, isIP } from 'node:net';

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parse(text: string): Network | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  // The API server still takes leading zeros, in addresses that older versions wrote.
  const plain = address.replaceAll(/(^|\.)0+(?=\d)/g, '$1');
  const version = isIP(plain);
  if (version === 0 || more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = Number(length);
  if (prefix > (version === 4 ? 32 : 128)) return undefined;
  return { address: plain, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** True for a network in CIDR form, as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  return parse(text) !== undefined;
}

/** True when a network lies inside another one and is smaller. */
export function isStrictlyInside(inner: string, outer: string): boolean {
  const [part, whole] = [parse(inner), parse(outer)];
  if (part === undefined || whole === undefined || part.family !== whole.family) return false;
  const block = new BlockList();
  block.addSubnet(whole.address, whole.prefix, whole.family);
  return part.prefix > whole.prefix && block.check(part.address, part.family);
}
