import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireCommand } from '../downloads/debian.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { lastWords } from '../process/start.ts';
import { type RunningContainer, runContainer } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

export interface WebServer {
  readonly url: string;
  readonly server: RunningContainer;
}

/** Where the image has its files. */
const pages = '/usr/share/nginx/html';

/**
 * Starts the rendered front of a system: nginx with the mounted default.conf, before the page that is built in a folder.
 * It is Debian's own, also where Docker runs the rest: the image is built by `npm run images`.
 */
export async function startWeb(trial: Trial, name: string, page: string): Promise<WebServer> {
  const { system } = trial;
  const nginx = await requireCommand('nginx', 'nginx-light', trial.say);
  const container = podContainer(system, workloadOf(system, 'Deployment', name));
  const port = await freePort();
  const folder = join(trial.folder, container.pod);
  await mkdir(join(folder, 'tmp'), { recursive: true });
  await writeFile(join(folder, 'tmp', 'nginx.conf'), mainConfiguration(folder));
  const server = await runContainer(
    trial,
    { ...container, image: 'worker', command: [nginx, '-c', '/tmp/nginx.conf', '-e', 'stderr'] },
    {
      standIn: { bin: [], paths: new Map([[pages, page]]) },
      edit: (text) => text.replace(/^(\s*listen) .*$/m, `$1 127.0.0.1:${port};`),
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      if (server.state() !== undefined) throw new Error(lastWords(server));
      return (await fetch(`${url}/livez`)).ok;
    },
    { deadline: 60_000, what: 'nginx' },
  );
  return { url, server };
}

/** As the unprivileged image's: everything that is written goes to one folder, and no user is changed to. */
function mainConfiguration(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr notice;
${process.getuid?.() === 0 ? 'user root;\n' : ''}events { worker_connections 1024; }
http {
${temporary.map((name) => `  ${name}_temp_path ${folder}/tmp/${name};`).join('\n')}
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  sendfile on;
  keepalive_timeout 65;
  include ${folder}/*conf.d/*.conf;
}
`;
}
