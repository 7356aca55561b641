import type { KubernetesObject } from '@plumbline/validators';

/** Where Kafka's tools begin in a broker's pod. */
export interface Entrance {
  readonly bootstrap: string;
  /** A file in the pod that they log in with, where brokers ask who they are. */
  readonly login?: string;
}

/** Where administrators have a listener of their own, the tools say by the pod's certificate who they are. */
const withCertificate = {
  bootstrap: 'kafka-headless:9091',
  login: '/etc/kafka-client/client.properties',
} as const satisfies Entrance;

/** How Kafka's tools reach the brokers of a system, as its rendered StatefulSet has them listen; undefined without Kafka. */
export function entranceOf(objects: readonly KubernetesObject[]): Entrance | undefined {
  const kafka = objects.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'kafka');
  if (kafka === undefined) return undefined;
  return JSON.stringify(kafka).includes('BROKERS://') ? withCertificate : { bootstrap: 'localhost:9092' };
}
