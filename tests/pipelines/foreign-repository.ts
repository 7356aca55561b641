import { run } from '@plumbline/validators';
import { type Folder, folderWith } from '../harness/folder.ts';

/** Runs git in a repository. @throws Error with git's own words when it fails */
export async function git(folder: Folder, ...args: readonly string[]): Promise<string> {
  const name = ['-c', 'user.name=Ada', '-c', 'user.email=ada@invalid', '-c', 'init.defaultBranch=main'];
  const ran = await run('git', [...name, ...args], { cwd: folder.path, deadline: 30_000 });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout.toString('utf8').trim();
}

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
  await git(folder, 'init', '--quiet');
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', 'one');
  await git(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  return folder;
}
