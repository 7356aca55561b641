import type { HouseRule } from '../violation.ts';
import { ownAccount, probes, pullPolicy, requestsAndLimits, restricted } from './containers.ts';
import { cronJobsEnd, jobsRunTwice } from './jobs.ts';
import { labels, podLabels, selectorsHoldStill, workloadsSelectByName } from './labels.ts';
import { dataStays, defaultDeny, enforced, oneNamespace } from './namespaces.ts';
import {
  containerPortsHaveNames,
  ingressesNamePorts,
  nodePortsDiffer,
  probesNamePorts,
  servicesNamePorts,
} from './ports.ts';
import { limitRangeAdmits, quotaAdmits, quotaAndLimits } from './quota.ts';

/** Every rule of the house on rendered objects, by what it says. */
export const houseRules: Readonly<Record<string, HouseRule>> = {
  'an object is labelled with its system, its environment and its workload': labels,
  'a selector never holds a label that changes with the place': selectorsHoldStill,
  'a workload selects its pods by name alone': workloadsSelectByName,
  'pods carry app, tier and environment': podLabels,
  'the ports of containers have names': containerPortsHaveNames,
  'probes ask a port by its name': probesNamePorts,
  'Services lead to a port by its name': servicesNamePorts,
  'Ingresses lead to a Service by the name of its port': ingressesNamePorts,
  'node ports do not clash': nodePortsDiffer,
  'every container has requests and limits': requestsAndLimits,
  'every long-running container has a liveness and a readiness probe': probes,
  'every pod fits the restricted standard': restricted,
  'every workload has an account of its own, without a token': ownAccount,
  'an image built here is pulled as the environment has it': pullPolicy,
  'a Job can be applied twice': jobsRunTwice,
  'a run of a CronJob ends before the next': cronJobsEnd,
  'a system has one namespace and everything in it': oneNamespace,
  'a namespace enforces the restricted standard': enforced,
  'a namespace denies by default, and leads to DNS': defaultDeny,
  'production keeps its namespaces and claims': dataStays,
  'a namespace has a ResourceQuota and a LimitRange': quotaAndLimits,
  'the ResourceQuota admits what the namespace holds': quotaAdmits,
  'the LimitRange admits each container': limitRangeAdmits,
};
