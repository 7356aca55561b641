import type { Type } from 'avsc';

/** Of Confluent's wire format: a byte 0, the id of the writer's schema in four, then Avro. */
const magic = 0;
const header = 5;

/** A value as it stands in a topic, or why it is none that was written by that format. */
export type Framed =
  | { readonly ok: true; readonly id: number; readonly body: Buffer }
  | { readonly ok: false; readonly reason: string };

export function unframe(value: Buffer | null): Framed {
  if (value === null) return { ok: false, reason: 'the record has no value' };
  if (value.length < header)
    return { ok: false, reason: `the value has ${value.length} bytes, fewer than its header` };
  if (value[0] !== magic)
    return { ok: false, reason: `the value begins with ${value[0]}, not with the magic byte 0` };
  return { ok: true, id: value.readInt32BE(1), body: value.subarray(header) };
}

/** Encodes values of a type, with the id of its schema before them. */
export function framer<Value>(type: Type, id: number): (value: Value) => Buffer {
  let scratch = Buffer.allocUnsafe(1024);
  scratch[0] = magic;
  scratch.writeInt32BE(id, 1);
  return (value) => {
    let end = type.encode(value, scratch, header);
    if (end < 0) {
      // The size that was missing.
      const larger = Buffer.allocUnsafe(2 * (scratch.length - end));
      scratch.copy(larger, 0, 0, header);
      scratch = larger;
      end = type.encode(value, scratch, header);
    }
    return Buffer.copyBytesFrom(scratch, 0, end);
  };
}
