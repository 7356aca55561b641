/**
 * Metrics that alerts and dashboards take from what is not this repository's, with the labels that they have there.
 * The chart kube-prometheus-stack (`argocd/platform/prometheus`) has kube-state-metrics and the kubelet tell their own
 * namespace (`honorLabels: true`); that of cert-manager does not, and its namespace is `exported_namespace`.
 */
export const fromElsewhere: ReadonlyMap<string, readonly string[]> = new Map([
  // kubernetes/kube-state-metrics, docs/metrics/workload
  ['kube_cronjob_created', ['namespace', 'cronjob']],
  ['kube_cronjob_spec_suspend', ['namespace', 'cronjob']],
  ['kube_cronjob_status_last_successful_time', ['namespace', 'cronjob']],
  ['kube_deployment_spec_replicas', ['namespace', 'deployment']],
  ['kube_deployment_status_replicas_available', ['namespace', 'deployment']],
  ['kube_pod_container_status_restarts_total', ['namespace', 'pod', 'container']],
  ['kube_statefulset_replicas', ['namespace', 'statefulset']],
  ['kube_statefulset_status_replicas_ready', ['namespace', 'statefulset']],
  // kubernetes/kubernetes, pkg/kubelet/server/metrics: collectors/volume_stats.go
  ['kubelet_volume_stats_available_bytes', ['namespace', 'persistentvolumeclaim']],
  ['kubelet_volume_stats_capacity_bytes', ['namespace', 'persistentvolumeclaim']],
  // cert-manager/cert-manager, pkg/metrics
  ['certmanager_certificate_expiration_timestamp_seconds', ['namespace', 'exported_namespace', 'name']],
  ['certmanager_certificate_ready_status', ['namespace', 'exported_namespace', 'name', 'condition']],
]);

/** Values that are there in trouble alone. */
export const onlyInTrouble: ReadonlySet<string> = new Set(['status=~"5.."', 'status_code_group="5xx"']);

/** What only a leader of several members tells. */
export const onlyOfEnsembles: ReadonlySet<string> = new Set([
  'leader_uptime',
  'quorum_size',
  'synced_followers',
]);
