import { describeResource, type Finding } from '../finding.ts';
import type { Danger } from './dangers/index.ts';
import type { Difference, TargetDifference } from './difference.ts';

/** Something that is said of one target or of several. */
export interface Statement {
  readonly severity: 'error' | 'warning' | 'note';
  /** The id of the rule or the danger. */
  readonly id: string;
  /** `StatefulSet streaming/kafka spec.selector`; empty for what is about no object. */
  readonly about: string;
  readonly message: string;
  /** `base/kafka.yaml:7`, where it is known. */
  readonly source: string | undefined;
  readonly targets: readonly string[];
}

/** What is said of the targets, the same once with all of which it is said; the whole of an environment where none of its systems has it. */
export function shareStatements(
  { targets }: Difference,
  of: (target: TargetDifference) => readonly (Finding | Danger)[],
): Statement[] {
  const shared = new Map<string, Statement & { targets: string[] }>();
  const inOrder = [...targets].sort(
    (a, b) => Number(a.target.system === undefined) - Number(b.target.system === undefined),
  );
  for (const one of inOrder) {
    for (const said of of(one)) {
      const { severity, resource, path, message } = said;
      const id = 'rule' in said ? said.rule : said.id;
      const about = [resource === undefined ? '' : describeResource(resource), path ?? ''];
      const key = JSON.stringify([severity, id, about, message.replaceAll(one.target.name, '')]);
      const statement = shared.get(key) ?? {
        ...{ severity, id, message, targets: [] },
        about: about.filter((text) => text !== '').join(' '),
        source: 'source' in said ? sourceText(said) : undefined,
      };
      const { environment, system, name } = one.target;
      const isTold =
        system === undefined && statement.targets.some((told) => told.startsWith(`${environment}/`));
      if (!isTold) statement.targets.push(name);
      shared.set(key, statement);
    }
  }
  const order = ['error', 'warning', 'note'];
  return [...shared.values()].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

function sourceText({ source }: Finding): string | undefined {
  if (source === undefined) return undefined;
  return `${source.file}${source.line === undefined ? '' : `:${source.line}`}`;
}
