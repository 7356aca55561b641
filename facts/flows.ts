import { type Context, didYouMean, type Flow, type Problem, type Rule } from '@plumbline/validators';
import { type Facts, readTablesOf } from './files.ts';
import { readFlows } from './table.ts';

/** Reads the flow tables of facts/<system>.md. @throws MistakenFiles with every line at which a table is wrong. */
export function loadFlows(root: string): Promise<Facts> {
  return readTablesOf(root, readFlows);
}

/** The two ends of a flow as tables write them: `Deployment/api` and `mysql:3306`, the server's workload and pod port. */
export function flowLabel({ from, to, destination, port }: Flow): {
  readonly client: string;
  readonly server: string;
} {
  const server = to === undefined ? destination : `${to.name}${port === undefined ? '' : `:${port}`}`;
  return { client: `${from.kind}/${from.name}`, server };
}

/** A rule that compares each system's inferred flows with its table, both ways: none missing, none extra. */
export function flowsRule(tables: Facts): Rule {
  return {
    id: 'flow-fact',
    severity: 'error',
    family: 'flows',
    title: "a system's flows are not those that its table of flows says",
    *check({ target, system, environment, model, flows }: Context): Iterable<Problem> {
      const rows = (tables.get(system ?? '') ?? []).filter((row) => row.environment === environment?.name);
      if (rows.length === 0) return;
      const inferred = new Map(
        flows.flows.map((flow) => {
          const { client, server } = flowLabel(flow);
          return [`${client} -> ${server}`, flow];
        }),
      );
      const declared = new Map(rows.map((row) => [`${row.object} -> ${row.name}`, row]));
      for (const [name, { expected, file, line, object }] of declared) {
        if (expected === '-' || inferred.has(name)) continue;
        const [kind, client] = object.split('/');
        const there = model.objects.find((one) => one.kind === kind && one.metadata.name === client);
        yield {
          ...(there === undefined ? {} : { object: there }),
          source: { file, line },
          message: `${file}:${line} says that in ${target} ${name}, and nothing tells it to${didYouMean(name, inferred.keys())}`,
        };
      }
      for (const [name, flow] of inferred) {
        if (declared.get(name)?.expected === 'yes') continue;
        yield {
          object: flow.told.object,
          path: flow.told.path,
          ...(flow.told.within === undefined ? {} : { within: flow.told.within }),
          message: `${flow.told.by} tells ${name}, and facts/${system}.md has no such flow in ${target}: add it to the table, or mend the address`,
        };
      }
    },
  };
}
