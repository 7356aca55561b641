import { freePort } from '../../../trial/process/free-port.ts';

/** What a line of a guide becomes, so that a test can run it as it stands there in all but the port of this machine. */
interface Line {
  readonly run: string;
  /** What its answer is like. */
  readonly answer: RegExp;
}

/** What is typed at a prompt for a password, and then at the client's own. */
const typed = (...lines: readonly string[]) => `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}`;

/**
 * A shell's script that runs a guide's port-forwards, each with the lines that go through it, one after the other, and
 * ends each port-forward.
 * @param forwards each `kubectl port-forward` of the guide with the lines that go through it, by the answer of each, and
 *   what is typed there
 */
export async function throughForwards(
  forwards: readonly {
    readonly forward: string;
    readonly lines: readonly (Line & { readonly typed?: readonly string[] })[];
  }[],
): Promise<string> {
  const parts: string[] = [];
  for (const { forward, lines } of forwards) {
    const [pair = '', remote = ''] = / (\d+):\d+ /.exec(forward) ?? [];
    if (remote === '') throw new Error(`no port-forward: ${forward}`);
    const port = await freePort();
    const here = forward.replace(pair, pair.replace(` ${remote}:`, ` ${port}:`));
    parts.push(
      `${here} >/dev/null & forward=$!`,
      `for attempt in $(seq 120); do (: </dev/tcp/127.0.0.1/${port}) 2>/dev/null && break; sleep 0.5; done`,
      ...lines.map((line) => asked(line, remote, port)),
      'kill "$forward"; wait "$forward" || true',
    );
  }
  return parts.join('\n');
}

function asked(
  { run, answer, typed: keys }: Line & { readonly typed?: readonly string[] },
  remote: string,
  port: number,
): string {
  const there = run.includes(`localhost:${remote}`)
    ? run.replace(`localhost:${remote}`, `localhost:${port}`)
    : run.replace('-h 127.0.0.1', `-h 127.0.0.1 ${run.startsWith('mysql') ? '-P' : '-p'} ${port}`);
  const told = keys === undefined ? there : `${typed(...keys)} | ${there}`;
  return [
    `answer=$(${told} 2>&1) || { echo "FAILED: ${run}: $answer" >&2; kill "$forward"; exit 1; }`,
    `grep --quiet --extended-regexp '${answer.source}' <<<"$answer" || { echo "FAILED: ${run}: $answer" >&2; kill "$forward"; exit 1; }`,
  ].join('\n');
}
