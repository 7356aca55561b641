import { debugImage } from '../images/built.ts';

/** The name of the pod; one a namespace. */
export const debugPod = 'debug';

/** The label by which base/components/debug lets the pod through the policies. */
export const debugLabel = 'plumbline.dev/debug';

/** The pod as the namespace admits it: Pod Security restricted, inside quota and limits, gone after a working day. */
export function podManifest(namespace: string, image: string, pullPolicy: 'Never' | 'IfNotPresent') {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: debugPod,
      namespace,
      labels: { 'app.kubernetes.io/name': 'debug', [debugLabel]: 'true' },
    },
    spec: {
      activeDeadlineSeconds: 8 * 3600,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'debug',
          image,
          imagePullPolicy: pullPolicy,
          command: ['sleep', 'infinity'],
          env: [{ name: 'HOME', value: '/tmp' }],
          resources: {
            limits: { cpu: '500m', memory: '512Mi' },
            requests: { cpu: '50m', memory: '128Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
          volumeMounts: [{ mountPath: '/tmp', name: 'tmp' }],
        },
      ],
      enableServiceLinks: false,
      restartPolicy: 'Never',
      securityContext: {
        fsGroup: 1000,
        runAsGroup: 1000,
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      terminationGracePeriodSeconds: 0,
      volumes: [{ emptyDir: {}, name: 'tmp' }],
    },
  } as const;
}

/** The image on laptops. */
export const laptopImage = `${debugImage}:latest`;
