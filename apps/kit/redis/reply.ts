import type { Reply } from './connection.ts';

/** A flat list of names and values as a map. */
export function pairs(reply: Reply): Map<string, Reply> {
  const found = new Map<string, Reply>();
  if (!Array.isArray(reply)) return found;
  for (let at = 0; at + 1 < reply.length; at += 2) found.set(String(reply[at]), reply[at + 1] as Reply);
  return found;
}
