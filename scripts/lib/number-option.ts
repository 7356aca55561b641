import { UsageError } from '@plumbline/validators';

/** A positive number given to an option. @throws UsageError when it is none. */
export function positive(option: string, value: string | boolean | undefined): number {
  const number = Number(value);
  if (!(number > 0)) throw new UsageError(`${option} takes a number above 0, not "${value}"`);
  return number;
}
