import { deadEndsOf } from './dead-end.ts';
import type { Rule } from './rule.ts';

/** A workload is told to talk to a port that the Service, or the pod, does not have. */
export const addressPortClosed: Rule = {
  id: 'address-port-closed',
  severity: 'error',
  family: 'flows',
  title: 'an address names a port that its Service or pod does not have',
  check: ({ flows }) => deadEndsOf(flows, 'no-port', 'the connection would time out or be refused'),
};
