interface Dashboard {
  readonly title: string;
  readonly templating?: {
    readonly list: readonly { readonly name: string; readonly current?: { readonly value: unknown } }[];
  };
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly {
      readonly refId: string;
      readonly datasource: { readonly uid: string };
      readonly target: string;
    }[];
  }[];
}

interface Answer {
  readonly results: Readonly<
    Record<
      string,
      {
        readonly error?: string;
        readonly frames: readonly { readonly data: { readonly values: unknown[][] } }[];
      }
    >
  >;
}

const login = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
const hour = 3_600_000;

/**
 * Asks Grafana's own API the question of each panel of each dashboard that it has, about the last hour, as its page does.
 * @param url where Grafana is
 * @returns how many were asked, and those without rows or with an error, each with the panel's title
 */
export async function dashboardsOf(url: string): Promise<{ asked: number; unanswered: string[] }> {
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      headers: { ...login, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const unanswered: string[] = [];
  let asked = 0;
  for (const { uid } of (await ask('/api/search')) as readonly { uid: string }[]) {
    const { dashboard } = (await ask(`/api/dashboards/uid/${uid}`)) as { dashboard: Dashboard };
    const variables = dashboard.templating?.list ?? [];
    for (const { title, targets = [] } of dashboard.panels) {
      for (const { refId, datasource, target } of targets) {
        // The page puts its own variables in place, the data source the two of time.
        const filled = variables.reduce(
          (text, { name, current }) => text.replaceAll(`$${name}`, String(current?.value)),
          target,
        );
        const [from, to] = [Date.now() - hour, Date.now()].map(String);
        const answer = (await ask('/api/ds/query', {
          ...{ from, to, queries: [{ refId, datasource, target: filled }] },
        })) as Answer;
        const result = answer.results[refId];
        const rows = result?.frames[0]?.data.values[0]?.length ?? 0;
        asked += 1;
        if (rows === 0) unanswered.push(`${dashboard.title}, ${title}: ${result?.error ?? 'no rows'}`);
      }
    }
  }
  return { asked, unanswered };
}
