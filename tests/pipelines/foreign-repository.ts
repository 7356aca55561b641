import { type Folder, folderWith } from '../harness/folder.ts';
import { git } from '../harness/git.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      automountServiceAccountToken: false
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.0
          ports:
            - name: http
              containerPort: 8080
`;
const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports:
    - name: http
      port: 80
      targetPort: http
`;
const of = (namespace: string) => `namespace: ${namespace}\nresources:\n  - ../base\n`;

/** Somebody else's repository, in no form of ours: one commit on main, which `origin/main` is too. */
export async function foreignRepository(): Promise<Folder> {
  const folder = await folderWith({
    '.gitignore': '.cache/\n',
    'deploy/base/kustomization.yaml': 'resources:\n  - deployment.yaml\n  - service.yaml\n',
    'deploy/base/deployment.yaml': deployment,
    'deploy/base/service.yaml': service,
    'deploy/production/kustomization.yaml': of('shop'),
    'deploy/staging/kustomization.yaml': of('staging'),
  });
  await git(folder.path, 'init', '--quiet');
  await git(folder.path, 'add', '--all');
  await git(folder.path, 'commit', '--quiet', '--message', 'one');
  await git(folder.path, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  return folder;
}
