/** The value at a path, as `spec.ports[0].port` or `metadata.labels["a.b"]`; undefined where there is none. */
export function fieldAt(object: unknown, path: string): unknown {
  let value = object;
  for (const [, quoted, index, plain] of path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    const step = quoted ?? index ?? plain ?? '';
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}
