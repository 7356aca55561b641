import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { environmentOf, expand } from './container-environment.ts';
import { isLoopback } from './kafka.ts';
import { type MountedFile, mountedFiles } from './mounted-files.ts';
import { type Opening, openedAnyhow, openedBy, type Server } from './servers.ts';

const root = '/etc/nginx/';

/** Files that the main one may include without listening anywhere. */
const quiet =
  /(?:mime\.types|(?:fastcgi|uwsgi|scgi)_params|modules-enabled\/\S*|modules\/\S*|koi-\w+|win-utf)$/;

/** The port that the image's own site listens on; undefined for an image of somebody's own. */
function ownPort(image: string): number | undefined {
  if (/(?:^|\/)(?:nginxinc|nginx)\/nginx-unprivileged(?::|@|$)/.test(image)) return 8080;
  return /^(?:docker\.io\/|public\.ecr\.aws\/docker\/)?(?:library\/)?nginx(?::|@|$)/.test(image)
    ? 80
    : undefined;
}

/** The addresses of `listen` in one file; undefined where a variable hides one. */
function listensIn(text: string, place: Parameters<typeof openedBy>[0]): Opening[] | undefined {
  const plain = text.replaceAll(/#.*$/gm, '');
  const openings: Opening[] = [];
  const servers = [...plain.matchAll(/(?:^|[\s;{}])server\s*\{/g)].length;
  const listens = [...plain.matchAll(/(?:^|[\s;{}])listen\s+([^\s;]+)/g)].map(([, address = '']) => address);
  for (const address of listens) {
    if (/[${]/.test(address)) return undefined;
    if (address.startsWith('unix:')) continue;
    const [, host = '', port] = /^(?:(\[[^\]]+\]|[^:]+):)?(\d+)$/.exec(address) ?? [];
    openings.push(openedBy(place, Number(port ?? 80), isLoopback(port === undefined ? address : host)));
  }
  // A server that names no port takes 80, or 8000 where it may not.
  if (servers > listens.length) openings.push(openedAnyhow(80), openedAnyhow(8000));
  return openings;
}

/** True where a directory of the container is a mounted one, so that what the image has there is hidden. */
function isWhole({ spec }: Container, folder: string): boolean {
  return (spec.volumeMounts ?? []).some(
    ({ mountPath, subPath }) => subPath === undefined && mountPath.replace(/\/+$/, '') === folder,
  );
}

/**
 * nginx with the files that say where it listens: a mounted main file with all that it includes, or sites beside or
 * instead of the image's own. Source: nginx.org/en/docs/http/ngx_http_core_module.html, "listen".
 */
export function nginxOpenings(model: Model, workload: Workload, container: Container): Server | undefined {
  const files = mountedFiles(model, workload, container).filter(({ at }) => at.startsWith(root));
  if (files.length === 0) return undefined;
  const environment = environmentOf(model, workload, container);
  const openings: Opening[] = [];
  const main = files.find(({ at }) => at === `${root}nginx.conf`);
  const textOf = ({ kind, name, key }: MountedFile) => {
    const configuration = model.configuration(kind, workload.namespace, name);
    const text = configuration?.values.get(key);
    return configuration === undefined || text === undefined ? undefined : { configuration, text };
  };
  const includes = [
    ...(main === undefined ? 'include /etc/nginx/conf.d/*.conf;' : (textOf(main)?.text ?? '')).matchAll(
      /^\s*include\s+([^;]+);/gm,
    ),
  ]
    .map(([, path = '']) => (path.startsWith('/') ? path.trim() : `${root}${path.trim()}`))
    .filter((path) => !quiet.test(path));
  if (includes.some((path) => !/^\/etc\/nginx\/conf\.d\/\*(?:\.conf)?$/.test(path))) return undefined;
  const sites = files.filter(({ at }) => /^\/etc\/nginx\/conf\.d\/[^/]+\.conf$/.test(at));
  const templates = files.filter(({ at }) => /^\/etc\/nginx\/templates\/[^/]+\.conf\.template$/.test(at));
  for (const file of [
    ...(main === undefined ? [] : [main]),
    ...(includes.length > 0 ? [...sites, ...templates] : []),
  ]) {
    const found = textOf(file);
    if (found === undefined) return undefined;
    const { configuration, text } = found;
    // A site that takes in others may listen by them.
    if (file !== main && /^\s*include\s+\S*(?:sites|servers|vhosts?|conf\.d)\b/m.test(text)) return undefined;
    const place = {
      object: configuration.object,
      path: configuration.pathOf(file.key),
      by: `file ${file.key}`,
      key: 'listen',
    };
    const listens = listensIn(templates.includes(file) ? expand(text, environment) : text, place);
    if (listens === undefined) return undefined;
    openings.push(...listens);
  }
  const replaced =
    isWhole(container, `${root}conf.d`) ||
    sites.some(({ at }) => at.endsWith('/default.conf')) ||
    templates.some(({ at }) => at.endsWith('/default.conf.template'));
  if (includes.length > 0 && !replaced) {
    const port = ownPort(container.spec.image ?? '');
    if (port === undefined) return undefined;
    openings.push(openedAnyhow(port));
  }
  return openings.length === 0 ? undefined : { name: 'nginx', openings };
}
