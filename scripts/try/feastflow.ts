import { randomBytes, randomUUID } from 'node:crypto';
import { startBackend, startFeastflowServices } from '../../trial/feastflow.ts';
import { listen } from '../../trial/feastflow-live.ts';
import { startFeastflowPages } from '../../trial/feastflow-page.ts';
import { renderSystem, workloadOf } from '../../trial/overlay/system.ts';
import { finished, lastWords } from '../../trial/process/start.ts';
import { startServiceProxy } from '../../trial/service-proxy.ts';
import { openTrial, type Trial } from '../../trial/trial.ts';
import { until } from '../../trial/until.ts';
import { startWorker } from '../../trial/worker.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import type { RunningSystem, Try } from './try.ts';

const restaurant = 'casa-marina';
/** The way of an order to the table, and who takes each step. */
const steps = [
  ['accepted', 'kitchen'],
  ['preparing', 'kitchen'],
  ['ready', 'kitchen'],
  ['on-the-way', 'courier'],
  ['delivered', 'courier'],
] as const;

/** The shop's database with tables and demo, as many backends as the overlay has, and its pages: a guest orders, again and again. */
export const tryFeastflow: Try = async ({ environment, engine, say, signal }) => {
  const { kustomize } = await repositoryTools(say);
  const system = await renderSystem(root, kustomize, environment, 'feastflow');
  const trial = await openTrial(system, { engine, say });
  try {
    return await begin(trial, say, signal);
  } catch (error) {
    await trial.close();
    throw error;
  }
};

async function begin(
  trial: Trial,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<RunningSystem> {
  const { environment } = trial.system;
  say(
    `overlays/${environment}/feastflow: PostgreSQL as a ${trial.engine === 'docker' ? 'container' : 'process'}`,
  );
  const { postgres, login } = await startFeastflowServices(trial);
  signal.throwIfAborted();
  say('tables by feastflow-migrate; menus and accounts by demo');
  const password = randomBytes(9).toString('base64url');
  const demo = await startWorker(trial, {
    workload: 'Deployment/feastflow-backend',
    label: 'demo',
    command: () => ['node', 'apps/feastflow/demo.ts', `--password=${password}`],
  });
  await finished(demo, 60_000);
  const { replicas } = workloadOf(trial.system, 'Deployment', 'feastflow-backend');
  // Nobody is sent elsewhere here: they end at once.
  const env = { DRAIN_SECONDS: '0' };
  const backends = await Promise.all(
    Array.from({ length: replicas.min }, (_, index) => startBackend(trial, { index, env })),
  );
  signal.throwIfAborted();
  say('the pages: built by Next.js once, which takes a minute');
  // In the cluster this is what the Service does.
  const service = await startServiceProxy({ lag: 0 });
  const urls = backends.map(({ url }) => url);
  service.endpoints(urls);
  trial.addresses.set('feastflow-backend:5000', new URL(service.url).host);
  const close = async () => {
    await trial.close();
    await service.close();
  };
  const pages = await startFeastflowPages(trial, { env }).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  say(`the shop   ${pages.url}, and ${pages.url}/board for the kitchen`);
  for (const [index, { url, worker }] of backends.entries())
    say(`backend-${index}  ${url}/api/docs, metrics at ${worker.metrics}/metrics`);
  say(
    `log in     guest@feastflow.example, ${restaurant}@feastflow.example, courier@feastflow.example, all by ${password}`,
  );
  const psql = postgres.bin === undefined ? 'psql' : `${postgres.bin}/psql`;
  say(
    `postgres   PGPASSWORD=${login.password} ${psql} --host=${login.host} --port=${login.port} --username=${login.user} ${login.database}`,
  );
  say(`logs       ${trial.folder}/*.log`);
  const running = [...backends.map(({ worker }) => worker), pages.server];
  return {
    async flow() {
      const ended = running.find((one) => one.state() !== undefined);
      if (ended !== undefined) return `${ended.name} ended:\n${lastWords(ended)}`;
      return journey(urls, pages.url, password);
    },
    close,
  };
}

type Role = 'guest' | 'kitchen' | 'courier';
const emails: Readonly<Record<Role, string>> = {
  guest: 'guest@feastflow.example',
  kitchen: `${restaurant}@feastflow.example`,
  courier: 'courier@feastflow.example',
};
/** Of who is signed in at these backends, and until when. */
const tokens = new Map<string, { readonly token: string; readonly until: number }>();

/** One order from the menu to the door: asked of one backend, and followed at another; the menu's page shows what is left. */
async function journey(urls: readonly string[], pages: string, password: string): Promise<string> {
  const [near = '', far = near] = urls;
  const tokenOf = async (role: Role) => {
    const known = tokens.get(`${near} ${role}`);
    if (known !== undefined && known.until > Date.now()) return known.token;
    const { accessToken, expiresIn } = await ask<{ accessToken: string; expiresIn: number }>(
      near,
      '/api/session',
      { method: 'POST', body: { email: emails[role], password } },
    );
    tokens.set(`${near} ${role}`, { token: accessToken, until: Date.now() + (expiresIn - 60) * 1000 });
    return accessToken;
  };
  const [guest, kitchen, courier] = [
    await tokenOf('guest'),
    await tokenOf('kitchen'),
    await tokenOf('courier'),
  ];
  const { dishes } = await ask<{ dishes: Dish[] }>(near, `/api/restaurants/${restaurant}`);
  const dish = dishes.toSorted((a, b) => b.stock - a.stock)[0];
  if (dish === undefined) throw new Error(`${restaurant} has no dishes`);
  if (dish.stock === 0)
    await ask(near, `/api/dishes/${dish.id}`, { method: 'PATCH', token: kitchen, body: { stock: 40 } });
  const { id, number } = await ask<{ id: string; number: number }>(near, '/api/orders', {
    method: 'POST',
    token: guest,
    key: randomUUID(),
    body: { items: [{ dish: dish.id, quantity: 1 }], address: '1 Main Street' },
  });
  const live = await listen({ url: far }, { token: guest }, `/api/orders/${id}/events`);
  const seen: string[] = [];
  let latest = 0;
  try {
    for (const [status, role] of steps) {
      const token = role === 'kitchen' ? kitchen : courier;
      await ask(near, `/api/orders/${id}/status`, { method: 'POST', token, body: { status } });
      const moved = performance.now();
      // The first may be in what the stream begins with.
      const told = () => live.events.flatMap(({ data }) => data.orders ?? [data]);
      await until(() => told().some((order) => order.status === status), {
        deadline: 10_000,
        what: `order ${number}, ${status}, in the live updates`,
        every: 2,
      });
      latest = Math.max(latest, performance.now() - moved);
      seen.push(status);
    }
  } finally {
    live.leave();
  }
  const page = await fetch(`${pages}/restaurants/${restaurant}`, { signal: AbortSignal.timeout(15_000) });
  if (!page.ok || !(await page.text()).includes(dish.name))
    throw new Error(`the menu's page (${page.status}) does not show ${dish.name}`);
  const left = dish.stock === 0 ? 39 : dish.stock - 1;
  return `order ${number}, ${dish.name} (${left} left): ${seen.join(', ')}; each seen live at another backend, ${latest.toFixed(0)} ms later at the most; on the menu's page`;
}

interface Dish {
  readonly id: number;
  readonly name: string;
  readonly stock: number;
}

interface Asked {
  readonly method?: string;
  readonly token?: string;
  readonly key?: string;
  readonly body?: object;
}

async function ask<Answer>(
  url: string,
  path: string,
  { method = 'GET', token, key, body }: Asked = {},
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
