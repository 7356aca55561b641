import type { Event } from '../../../apps/lambda/transaction/event.ts';
import { generate, seeded } from '../../../apps/lambda/transaction/generate.ts';
import { columns } from '../../../apps/lambda/transaction/row.ts';

/** Events of a file's own, with ids that begin with its name. */
export function eventsOf(name: string, count: number): Event[] {
  const random = seeded(3);
  return Array.from({ length: count }, (_, index) =>
    generate(random, `${name}-${index}`, new Date(1_767_225_600_000 + index * 1000)),
  );
}

/** The events as a CSV file, with quotes where a value needs them. */
export function csvOf(events: readonly Event[], lineEnd = '\n'): string {
  const field = (value: string) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = events.map((event) => columns.map((column) => field(event[column])).join(','));
  return [columns.join(','), ...lines, ''].join(lineEnd);
}
