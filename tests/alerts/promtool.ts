import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { stringify } from 'yaml';
import { prometheusPrograms } from '../../trial/downloads/prometheus.ts';
import type { RuleFile } from './rules.ts';

/** A unit test of promtool's, with the rules that it is about. */
export interface Case {
  readonly rules: RuleFile;
  /** The text of the test; its `rule_files` name the rules by their own name. */
  readonly test: string;
}

export interface Outcome {
  readonly passed: boolean;
  readonly said: string;
}

/** It fills a database for each test, and ends soon. */
const seldomCollecting = { GOGC: '400', GOMEMLIMIT: '1GiB' };
const { promtool } = await prometheusPrograms((message) => process.stderr.write(`${message}\n`));

/**
 * The rules as unit tests see them: of the annotations the summary alone, since promtool wants each to be told in full
 * and the others say the same whatever happened.
 */
function summarised({ groups }: RuleFile): unknown {
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) =>
        'alert' in rule ? { ...rule, annotations: { summary: rule.annotations?.summary ?? '' } } : rule,
      ),
    })),
  };
}

/** Runs unit tests, many by one process. @returns what each came to, in the order of the cases */
export async function testRules(folder: string, cases: readonly Case[]): Promise<Outcome[]> {
  const files = await Promise.all(
    cases.map(async ({ rules, test }, index) => {
      const place = join(folder, String(index));
      await mkdir(place, { recursive: true });
      await writeFile(join(place, `${rules.name}.yaml`), stringify(summarised(rules)));
      await writeFile(join(place, 'test.yaml'), test);
      return join(place, 'test.yaml');
    }),
  );
  const ran = await run(promtool, ['test', 'rules', ...files], {
    deadline: 10 * 60_000,
    env: seldomCollecting,
  });
  const said = `${ran.stdout}${ran.stderr}`.split(/^Unit Testing: {2}/m).slice(1);
  if (said.length !== files.length) throw new Error(`promtool told of ${said.length} tests: ${ran.stderr}`);
  return said.map((text, index) => {
    if (!text.startsWith(files[index] ?? '')) throw new Error(`promtool told of another test: ${text}`);
    return { passed: /^ {2}SUCCESS$/m.test(text), said: text };
  });
}

/** What `promtool check rules` says of a file. */
export async function checkRules(folder: string, { name, groups }: RuleFile): Promise<Outcome> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, stringify({ groups }));
  const ran = await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', file], {
    deadline: 60_000,
  });
  return { passed: ran.status === 0, said: `${ran.stdout}${ran.stderr}` };
}
