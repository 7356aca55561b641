import { Problem } from './problems.ts';

/** The times that the database's DATETIME holds, milliseconds since 1970. */
export const times = {
  least: Date.parse('1000-01-01T00:00:00Z'),
  most: Date.parse('9999-12-31T23:59:59.999Z'),
} as const;

/**
 * The time that a parameter says. RFC 3339 has times that a Date and the database have not: leap seconds, and years
 * that an offset moves out of their range.
 * @param text a date-time, as the schema has checked.
 * @throws Problem that names the parameter.
 */
export function timeOf(parameter: string, text: string): Date {
  const at = new Date(text);
  // Also false for NaN.
  if (at.getTime() >= times.least && at.getTime() <= times.most) return at;
  const message = 'is no time from the year 1000 to 9999 in UTC; a second has to be below 60';
  throw new Problem('invalid-request', `querystring: ${parameter} ${message}`, {
    errors: [{ parameter, message }],
  });
}
