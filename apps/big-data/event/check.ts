import { Ajv, type ErrorObject } from 'ajv';
import type { StorefrontEvent } from './event.ts';
import { isTime, isUuid } from './formats.ts';
import { eventSchema } from './schema.ts';

/** Why something is no event: where in it, as a JSON pointer, and what is wrong there. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/** How far a client's clock may be ahead of this one: further would make every other event late for whoever counts. */
export const mostAhead = 5 * 60_000;

// ajv's own formats took most of the time of a check (decision 104).
const ajv = new Ajv({ discriminator: true, formats: { 'date-time': isTime, uuid: isUuid } });
const validate = ajv.compile<StorefrontEvent>(eventSchema);

/** Whether a value that was parsed from JSON is an event, at a time in milliseconds. @returns its first fault, or none */
export function checkEvent(value: unknown, now: number): Fault | undefined {
  if (!validate(value)) return faultOf(validate.errors?.[0]);
  if (isAfter(value.occurredAt, now + mostAhead))
    return { pointer: '/occurredAt', message: 'is more than five minutes ahead of the clock of the gateway' };
  if (value.type !== 'purchase') return undefined;
  const sum = value.lines.reduce((all, { quantity, priceCents }) => all + quantity * priceCents, 0);
  if (sum === value.amountCents) return undefined;
  return { pointer: '/amountCents', message: `is ${value.amountCents}, and the lines make ${sum}` };
}

/** Of two times in UTC the later is that whose text is, but for what of a second is left out of some. */
function isAfter(text: string, time: number): boolean {
  if (time !== limit.time) limit = { time, second: new Date(time).toISOString().slice(0, 19) };
  return text >= limit.second && Date.parse(text) > time;
}

let limit = { time: 0, second: '' };

function faultOf(error: ErrorObject | undefined): Fault {
  if (error === undefined) return { pointer: '', message: 'is no event' };
  const { instancePath, keyword, params, message = 'is not valid' } = error;
  if (keyword === 'required')
    return { pointer: `${instancePath}/${params.missingProperty}`, message: 'is missing' };
  if (keyword === 'additionalProperties')
    return { pointer: `${instancePath}/${params.additionalProperty}`, message: 'is not known' };
  if (keyword === 'discriminator')
    return { pointer: '/type', message: 'is none of session, view, cart, purchase' };
  if (keyword === 'enum')
    return { pointer: instancePath, message: `is none of ${params.allowedValues.join(', ')}` };
  return { pointer: instancePath, message };
}
