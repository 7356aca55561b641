import { deadEndsOf } from './dead-end.ts';
import type { Rule } from './rule.ts';

/** A workload is told to talk to a name that resolves to nothing. */
export const addressWithoutService: Rule = {
  id: 'address-without-service',
  severity: 'error',
  family: 'flows',
  title: 'an address names a Service or pod that is not there',
  check: ({ flows }) => deadEndsOf(flows, 'no-service', 'the name would not resolve'),
};
