/**
 * What a record holds under a name that somebody else chose. A name such as `constructor` is no key unless it was written:
 * plain access would find what every object inherits.
 */
export function own<Value>(
  record: Readonly<Record<string, Value>> | null | undefined,
  name: string,
): Value | undefined {
  return record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
