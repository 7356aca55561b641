import type { KubernetesObject } from '@plumbline/validators';
import { parseYaml, splitDocuments } from '@plumbline/validators';
import { environment } from '../validators/rules/judged.ts';
import type { Rendered } from './violation.ts';

/** The labels of an object of the fixture, in an environment. */
const labels = (name: string, instance: string) =>
  `{ app.kubernetes.io/name: ${name}, app.kubernetes.io/component: api, app.kubernetes.io/part-of: shop, app.kubernetes.io/instance: ${instance} }`;

const container = (policy: string) => `
            image: shop-api:latest
            imagePullPolicy: ${policy}
            resources:
              requests: { cpu: 100m, memory: 64Mi }
              limits: { cpu: 200m, memory: 128Mi }
            securityContext:
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities: { drop: [ALL] }`;

const template = (name: string, policy: string, more = '') => `
      metadata:
        labels: { app: ${name}, tier: backend, environment: dev, app.kubernetes.io/name: ${name} }
      spec:
        serviceAccountName: ${name}
        automountServiceAccountToken: false
        enableServiceLinks: false
        securityContext:
          runAsNonRoot: true
          runAsUser: 1000
          seccompProfile: { type: RuntimeDefault }
        initContainers:
          - name: first${container(policy)}
        containers:
          - name: ${name}${container(policy)}${more}`;

const head = (apiVersion: string, kind: string, name: string, instance: string, annotations = '{}') =>
  `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
  ${kind === 'Namespace' ? '' : 'namespace: shop'}
  labels: ${labels(name, instance)}
  annotations: ${annotations}
`;

const account = (name: string, instance: string) =>
  `${head('v1', 'ServiceAccount', name, instance)}automountServiceAccountToken: false\n`;

const keep = '{ argocd.argoproj.io/sync-options: "Prune=false,Delete=false" }';

function manifests(instance: string, policy: string): string[] {
  const name = (text: string, label: string) => text.replace('labels: {', `labels: { ${label},`);
  return [
    name(head('v1', 'Namespace', 'shop', instance, keep), 'pod-security.kubernetes.io/enforce: restricted'),
    account('api', instance),
    account('migrate', instance),
    account('tidy', instance),
    `${head('apps/v1', 'Deployment', 'api', instance)}spec:
    replicas: 2
    selector: { matchLabels: { app.kubernetes.io/name: api } }
    strategy: { rollingUpdate: { maxSurge: 1 } }
    template:${template(
      'api',
      policy,
      `
            ports: [{ name: http, containerPort: 8080 }]
            livenessProbe: { httpGet: { port: http } }
            readinessProbe: { httpGet: { port: http } }`,
    )}
`,
    `${head('v1', 'Service', 'api', instance)}spec:
  selector: { app.kubernetes.io/name: api }
  ports: [{ name: http, port: 80, targetPort: http }]
`,
    `${head('batch/v1', 'Job', 'migrate', instance)}spec:
    backoffLimit: 4
    activeDeadlineSeconds: 60
    template:${template('migrate', policy)}
`,
    `${head('batch/v1', 'CronJob', 'tidy', instance)}spec:
  schedule: "*/5 * * * *"
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  jobTemplate:
   spec:
    backoffLimit: 1
    activeDeadlineSeconds: 240
    template:${template('tidy', policy)}
`,
    `${head('v1', 'PersistentVolumeClaim', 'data', instance, keep)}spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`,
    `${head('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', instance)}spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
`,
    `${name(head('networking.k8s.io/v1', 'NetworkPolicy', 'to-dns', instance), 'plumbline.dev/peer: dns')}spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{ ports: [{ port: 53 }] }]
`,
    `${head('networking.k8s.io/v1', 'NetworkPolicy', 'to-api', instance)}spec:
  podSelector: { matchLabels: { app.kubernetes.io/name: api } }
`,
    `${head('v1', 'ResourceQuota', 'quota', instance)}spec:
  hard: { pods: "6", requests.cpu: "1", requests.memory: 1Gi, limits.cpu: "2", limits.memory: 2Gi, persistentvolumeclaims: "1", requests.storage: 1Gi }
`,
    `${head('v1', 'LimitRange', 'limits', instance)}spec:
  limits: [{ type: Container, max: { cpu: "2", memory: 2Gi } }]
`,
    ...(instance === 'kind'
      ? []
      : [
          `${head('autoscaling/v2', 'HorizontalPodAutoscaler', 'api', instance)}spec:
  scaleTargetRef: { kind: Deployment, name: api }
  minReplicas: 2
  maxReplicas: 4
`,
          `${head('networking.k8s.io/v1', 'Ingress', 'shop', instance)}spec:
  rules: [{ http: { paths: [{ path: /, backend: { service: { name: api, port: { name: http } } } }] } }]
`,
        ]),
  ];
}

function rendered(name: string, policy: string, secrets: 'committed' | 'external'): Rendered {
  const texts = manifests(name, policy).flatMap(splitDocuments);
  return {
    target: { name: `${name}/shop`, environment: name, system: 'shop', folder: `overlays/${name}/shop` },
    environment: { ...environment, name, secrets },
    objects: texts.map((text) => parseYaml(text) as KubernetesObject),
    images: {
      published: {},
      built: { 'shop-api': { system: 'shop', context: '.', dockerfile: 'Dockerfile' } },
    },
  };
}

/** A system that keeps every rule of the house, on a laptop. */
export const kindTarget = rendered('kind', 'Never', 'committed');

/** The same in production, with an autoscaler and an Ingress. */
export const productionTarget = rendered('production', 'IfNotPresent', 'external');
