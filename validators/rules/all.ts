import { addressPortClosed } from './address-port-closed.ts';
import { addressWithoutService } from './address-without-service.ts';
import { advertisedElsewhere } from './advertised-elsewhere.ts';
import { alertExpressionWrong } from './alert-expression-wrong.ts';
import { applicationNameRepeated } from './application-name-repeated.ts';
import { applicationPathMissing } from './application-path-missing.ts';
import { budgetBlocksDrain } from './budget-blocks-drain.ts';
import { budgetSelectsNothing } from './budget-selects-nothing.ts';
import { checkpointLost } from './checkpoint-lost.ts';
import { claimGatesWave } from './claim-gates-wave.ts';
import { claimMissing } from './claim-missing.ts';
import { claimShared } from './claim-shared.ts';
import { configurationMissing } from './configuration-missing.ts';
import { configurationRefused } from './configuration-refused.ts';
import { consumersBeyondPartitions } from './consumers-beyond-partitions.ts';
import { dashboardSourceMissing } from './dashboard-source-missing.ts';
import { dataOutsideVolume } from './data-outside-volume.ts';
import { deadlineAfterSchedule } from './deadline-after-schedule.ts';
import { dnsCut } from './dns-cut.ts';
import { durationRefused } from './duration-refused.ts';
import { entryCut } from './entry-cut.ts';
import { executorBeyondWorker } from './executor-beyond-worker.ts';
import { fieldPathUnknown } from './field-path-unknown.ts';
import { fileMalformed } from './file-malformed.ts';
import { flinkMemoryRefused } from './flink-memory-refused.ts';
import { flowCut } from './flow-cut.ts';
import { generatorRefused } from './generator-refused.ts';
import { graceTooShort } from './grace-too-short.ts';
import { headlessServiceMissing } from './headless-service-missing.ts';
import { heapRefused } from './heap-refused.ts';
import { imageNameRefused } from './image-name-refused.ts';
import { imagePulledFromNowhere } from './image-pulled-from-nowhere.ts';
import { imageUnpinned } from './image-unpinned.ts';
import { ingressBackendMissing } from './ingress-backend-missing.ts';
import { ingressRefused } from './ingress-refused.ts';
import { issuerMissing } from './issuer-missing.ts';
import { jobReapplied } from './job-reapplied.ts';
import { jobRecreated } from './job-recreated.ts';
import { jobRestartPolicy } from './job-restart-policy.ts';
import { keyMissing } from './key-missing.ts';
import { keyspaceBeyondNodes } from './keyspace-beyond-nodes.ts';
import { keyspaceDatacenterUnknown } from './keyspace-datacenter-unknown.ts';
import { keyspaceUnknown } from './keyspace-unknown.ts';
import { labelRefused } from './label-refused.ts';
import { limitsOutOfRange } from './limits-out-of-range.ts';
import { listenerRefused } from './listener-refused.ts';
import { listenerUnknown } from './listener-unknown.ts';
import { listenerWithoutDoor } from './listener-without-door.ts';
import { listensElsewhere } from './listens-elsewhere.ts';
import { livenessAsksDependency } from './liveness-asks-dependency.ts';
import { memoryBeyondLimit } from './memory-beyond-limit.ts';
import { monitorRefused } from './monitor-refused.ts';
import { monitorSelectsNothing } from './monitor-selects-nothing.ts';
import { mountedFileMissing } from './mounted-file-missing.ts';
import { nameRefused } from './name-refused.ts';
import { nameRepeated } from './name-repeated.ts';
import { namespaceMissing } from './namespace-missing.ts';
import { namespaceOpen } from './namespace-open.ts';
import { nodeLabelUnknown } from './node-label-unknown.ts';
import { nodePortClash } from './node-port-clash.ts';
import { nodePortUnmapped } from './node-port-unmapped.ts';
import { notOffered } from './not-offered.ts';
import { objectKeptOut } from './object-kept-out.ts';
import { operatorCut } from './operator-cut.ts';
import { parameterUnknown } from './parameter-unknown.ts';
import { peerElsewhere } from './peer-elsewhere.ts';
import { peersCut } from './peers-cut.ts';
import { podFitsNoNode } from './pod-fits-no-node.ts';
import { podSecurity } from './pod-security.ts';
import { podsDoNotFit } from './pods-do-not-fit.ts';
import { policyRefused } from './policy-refused.ts';
import { policySelectsNothing } from './policy-selects-nothing.ts';
import { priorityClassMissing } from './priority-class-missing.ts';
import { probePortMissing } from './probe-port-missing.ts';
import { probeRefused } from './probe-refused.ts';
import { projectForbids } from './project-forbids.ts';
import { pullSecretMissing } from './pull-secret-missing.ts';
import { quorumIncomplete } from './quorum-incomplete.ts';
import { quotaExceeded } from './quota-exceeded.ts';
import { replicasUnderAutoscaler } from './replicas-under-autoscaler.ts';
import { replicationBeyondBrokers } from './replication-beyond-brokers.ts';
import { requestsAboveLimits } from './requests-above-limits.ts';
import { resourceClaimMissing } from './resource-claim-missing.ts';
import { resourceRefused } from './resource-refused.ts';
import { roleMissing } from './role-missing.ts';
import { room } from './room.ts';
import { routeBackendMissing } from './route-backend-missing.ts';
import { routeRepeated } from './route-repeated.ts';
import type { Rule } from './rule.ts';
import { runtimeClassMissing } from './runtime-class-missing.ts';
import { scaleBounds } from './scale-bounds.ts';
import { scaleMetricWithoutRequest } from './scale-metric-without-request.ts';
import { scaleObjectMissing } from './scale-object-missing.ts';
import { scaleTargetMissing } from './scale-target-missing.ts';
import { scalingRefused } from './scaling-refused.ts';
import { scheduleWrong } from './schedule-wrong.ts';
import { scrapeCut } from './scrape-cut.ts';
import { secretInGit } from './secret-in-git.ts';
import { secretStoreMissing } from './secret-store-missing.ts';
import { secretTemplateUnknown } from './secret-template-unknown.ts';
import { selectorMismatch } from './selector-mismatch.ts';
import { selectorOverlap } from './selector-overlap.ts';
import { serviceAccountMissing } from './service-account-missing.ts';
import { servicePodMissing } from './service-pod-missing.ts';
import { servicePortUnknown } from './service-port-unknown.ts';
import { serviceRefused } from './service-refused.ts';
import { serviceWithoutEndpoints } from './service-without-endpoints.ts';
import { serviceWithoutPods } from './service-without-pods.ts';
import { settingMistyped } from './setting-mistyped.ts';
import { slotsBelowParallelism } from './slots-below-parallelism.ts';
import { sourceRefused } from './source-refused.ts';
import { spreadImpossible } from './spread-impossible.ts';
import { spreadSelectsNothing } from './spread-selects-nothing.ts';
import { subjectMissing } from './subject-missing.ts';
import { subpathMissing } from './subpath-missing.ts';
import { syncSettingUnknown } from './sync-setting-unknown.ts';
import { targetMatchesNothing } from './target-matches-nothing.ts';
import { timeZoneUnknown } from './time-zone-unknown.ts';
import { tlsSecretMissing } from './tls-secret-missing.ts';
import { tokenForNothing } from './token-for-nothing.ts';
import { topicUnknown } from './topic-unknown.ts';
import { transactionTimeoutRefused } from './transaction-timeout-refused.ts';
import { variableMistyped } from './variable-mistyped.ts';
import { variableUndefined } from './variable-undefined.ts';
import { volumeMissing } from './volume-missing.ts';
import { volumeRefused } from './volume-refused.ts';
import { volumeUnused } from './volume-unused.ts';
import { voterWrong } from './voter-wrong.ts';
import { waveTooEarly } from './wave-too-early.ts';
import { webhookServiceMissing } from './webhook-service-missing.ts';
import { workloadRefused } from './workload-refused.ts';
import { zookeeperWordRefused } from './zookeeper-word-refused.ts';

/** Every rule, in the order of their ids. */
export const rules: readonly Rule[] = [
  addressPortClosed,
  addressWithoutService,
  advertisedElsewhere,
  alertExpressionWrong,
  applicationNameRepeated,
  applicationPathMissing,
  budgetBlocksDrain,
  budgetSelectsNothing,
  checkpointLost,
  claimGatesWave,
  claimMissing,
  claimShared,
  configurationMissing,
  configurationRefused,
  consumersBeyondPartitions,
  dashboardSourceMissing,
  dataOutsideVolume,
  deadlineAfterSchedule,
  dnsCut,
  durationRefused,
  entryCut,
  executorBeyondWorker,
  fieldPathUnknown,
  fileMalformed,
  flinkMemoryRefused,
  flowCut,
  generatorRefused,
  graceTooShort,
  headlessServiceMissing,
  heapRefused,
  imageNameRefused,
  imagePulledFromNowhere,
  imageUnpinned,
  ingressBackendMissing,
  ingressRefused,
  issuerMissing,
  jobReapplied,
  jobRecreated,
  jobRestartPolicy,
  keyMissing,
  keyspaceBeyondNodes,
  keyspaceDatacenterUnknown,
  keyspaceUnknown,
  labelRefused,
  limitsOutOfRange,
  listenerRefused,
  listenerUnknown,
  listenerWithoutDoor,
  listensElsewhere,
  livenessAsksDependency,
  memoryBeyondLimit,
  monitorRefused,
  monitorSelectsNothing,
  mountedFileMissing,
  nameRefused,
  nameRepeated,
  namespaceMissing,
  namespaceOpen,
  nodeLabelUnknown,
  nodePortClash,
  nodePortUnmapped,
  notOffered,
  objectKeptOut,
  operatorCut,
  parameterUnknown,
  peerElsewhere,
  peersCut,
  podFitsNoNode,
  podSecurity,
  podsDoNotFit,
  policyRefused,
  policySelectsNothing,
  priorityClassMissing,
  probePortMissing,
  probeRefused,
  projectForbids,
  pullSecretMissing,
  quorumIncomplete,
  quotaExceeded,
  replicasUnderAutoscaler,
  replicationBeyondBrokers,
  requestsAboveLimits,
  resourceClaimMissing,
  resourceRefused,
  roleMissing,
  room,
  routeBackendMissing,
  routeRepeated,
  runtimeClassMissing,
  scaleBounds,
  scaleMetricWithoutRequest,
  scaleObjectMissing,
  scaleTargetMissing,
  scalingRefused,
  scheduleWrong,
  scrapeCut,
  secretInGit,
  secretStoreMissing,
  secretTemplateUnknown,
  selectorMismatch,
  selectorOverlap,
  serviceAccountMissing,
  servicePodMissing,
  servicePortUnknown,
  serviceRefused,
  serviceWithoutEndpoints,
  serviceWithoutPods,
  settingMistyped,
  slotsBelowParallelism,
  sourceRefused,
  spreadImpossible,
  spreadSelectsNothing,
  subjectMissing,
  subpathMissing,
  syncSettingUnknown,
  targetMatchesNothing,
  timeZoneUnknown,
  tlsSecretMissing,
  tokenForNothing,
  topicUnknown,
  transactionTimeoutRefused,
  variableMistyped,
  variableUndefined,
  volumeMissing,
  volumeRefused,
  volumeUnused,
  voterWrong,
  waveTooEarly,
  webhookServiceMissing,
  workloadRefused,
  zookeeperWordRefused,
];
