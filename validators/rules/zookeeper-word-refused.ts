import { isLoopback } from '../graph/kafka.ts';
import { declaredPorts } from '../graph/ports.ts';
import { resolveHost } from '../graph/resolve.ts';
import { type RunText, runTexts } from '../graph/run-texts.ts';
import { type AnsweredWords, answeredWords, isZooKeeper } from '../graph/zookeeper.ts';
import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

interface Server {
  readonly workload: Workload;
  readonly container: Container;
  readonly answers: AnsweredWords | undefined;
}

const someWord =
  'conf|cons|crst|dirs|dump|envi|gtmk|hash|isro|lead|mntr|ruok|srst|srvr|stat|stmk|wchc|wchp|wchs';

/** A word that is sent, with what comes after it. */
const sent = new RegExp(
  `(?:\\b(?:echo|printf)\\s+(?:-\\w+\\s+)*["']?(${someWord})(?:\\\\n)?["']?|<<<\\s*["']?(${someWord})["']?)(?=\\s*([|>;)]|$))`,
  'gm',
);

/** A server that a script talks to by hand. */
const asked =
  /\/dev\/tcp\/([^/\s]+)\/([^\s;"')]+)|\b(?:nc|ncat|netcat|telnet)\b(?:\s+-\S+(?:\s+\d+(?=\s))?)*\s+([^\s|;&<>]+)\s+(\d+|\$\S+?)(?=[\s|;&<>)"']|$)/g;

interface Sent {
  readonly word: string;
  readonly host: string;
  readonly port: string;
}

function wordsSent(text: string): Sent[] {
  const servers = [...text.matchAll(asked)].map((match) => ({
    at: match.index,
    host: match[1] ?? match[3] ?? '',
    port: match[2] ?? match[4] ?? '',
  }));
  return [...text.matchAll(sent)].flatMap((match) => {
    const [, echoed, herestring, next] = match;
    const before = servers.findLast(({ at }) => at < match.index);
    const after = servers.find(({ at }) => at > match.index);
    // What is piped goes to what follows; what is written to an open file goes to what was opened.
    const server = next === '|' || (before === undefined && next === '>') ? after : (before ?? after);
    return server === undefined ? [] : [{ word: echoed ?? herestring ?? '', ...server }];
  });
}

/** The server that a host and port lead to, for a pod of a workload. */
function serverAt(
  model: Model,
  servers: readonly Server[],
  from: Workload,
  { host, port }: Sent,
): Server | undefined {
  const itself = servers.find(({ workload }) => workload === from);
  if (isLoopback(host) || /[$`]/.test(host)) {
    if (isLoopback(host) || /hostname|pod_?(?:ip|name)/i.test(host))
      return itself && (port === '2181' || declaredPorts(from).some(({ number }) => String(number) === port))
        ? itself
        : undefined;
    return undefined;
  }
  const resolution = resolveHost(model, from.namespace, host);
  if (resolution.to === 'pod') return servers.find(({ workload }) => workload === resolution.workload);
  if (resolution.to !== 'service') return undefined;
  const behind = model.behind(resolution.service);
  return servers.find(({ workload }) => behind.length === 1 && behind[0] === workload);
}

/** What comes of an answer that is none. */
function effectOf({ text, asker }: RunText): { readonly effect: string; readonly looked: boolean } {
  if (!/\bgrep\b|\bawk\b|\bsed\b|=~|\[|\btest\b|\bcase\b/.test(text))
    return {
      looked: false,
      effect: 'nothing looks at the answer, so that it says yes whatever the server could have told',
    };
  const effects: Readonly<Record<string, string>> = {
    livenessProbe: 'the kubelet would start the container again and again',
    readinessProbe: 'the pod would never be ready',
    startupProbe: 'the container would be started again and again',
    postStart: 'the hook would fail, and the container be killed',
  };
  return { looked: true, effect: effects[asker] ?? 'what is looked for in the answer would never come' };
}

/** A probe, a hook or a command asks ZooKeeper by a word that it is not allowed to answer. */
export const zookeeperWordRefused: Rule = {
  id: 'zookeeper-word-refused',
  severity: 'error',
  family: 'data systems',
  title: 'ZooKeeper is asked by a word that its settings do not allow',
  *check({ model }) {
    const servers: Server[] = model.workloads.flatMap((workload) => {
      const container = workload.serves ? workload.containers.find(isZooKeeper) : undefined;
      if (container === undefined) return [];
      return [{ workload, container, answers: answeredWords(model, workload, container) }];
    });
    if (servers.every(({ answers }) => answers === undefined)) return;
    const said = new Set<string>();
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        for (const run of runTexts(model, workload, container)) {
          if (!run.shell || run.text.search(sent) < 0) continue;
          for (const one of wordsSent(run.text)) {
            const server = serverAt(model, servers, workload, one);
            if (server?.answers === undefined) continue;
            const { words, by } = server.answers;
            const place = `${run.object.kind} ${run.object.metadata.name} ${run.path} ${one.word}`;
            if (words.has('*') || words.has(one.word) || said.has(place)) continue;
            said.add(place);
            const { effect, looked } = effectOf(run);
            const { kind, name } = server.workload;
            yield {
              object: run.object,
              path: run.path,
              message: `${run.by} sends ${one.word} to ${kind} ${name}, which answers ${[...words].sort().join(', ')} alone (${by}) and says that ${one.word} "is not in the whitelist": ${effect}`,
              ...(looked ? {} : { severity: 'warning' as const }),
            };
          }
        }
      }
    }
  },
};
