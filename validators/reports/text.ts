import { styleText } from 'node:util';
import type { CheckedTarget } from '../check.ts';
import { allowance, capacity } from '../environment/environment.ts';
import { describeResource, type Finding } from '../finding.ts';
import { formatBytes, formatCores } from '../room/quantity.ts';
import { bySameLine, othersOf } from './same-line.ts';
import { table } from './table.ts';

export interface TextOptions {
  /** Colour is for a terminal alone. */
  readonly colour: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** The whole report for a person: findings first, then what each environment holds and asks, then one line that sums up. */
export function textReport(checked: readonly CheckedTarget[], { colour }: TextOptions): string {
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lines: string[] = [];
  for (const line of bySameLine(grouped(checked))) {
    const { finding, targets } = line.first;
    const mark = finding.severity === 'error' ? paint('red', 'error') : paint('yellow', 'warning');
    const where = finding.resource === undefined ? '' : ` ${describeResource(finding.resource)}`;
    const path = finding.path === undefined || finding.path === '' ? '' : ` ${finding.path}`;
    lines.push(
      `${mark} ${paint('bold', finding.rule)}${where}${path}`,
      `  ${finding.message}`,
      ...othersOf(line),
    );
    const source = finding.source;
    if (source !== undefined)
      lines.push(`  at ${source.file}${source.line === undefined ? '' : `:${source.line}`}`);
    lines.push(`  in ${targets.join(', ')}`, '');
  }
  for (const environment of new Set(checked.map(({ target }) => target.environment))) {
    const rows =
      environment === '' ? otherTable(checked, paint) : environmentTable(environment, checked, paint);
    lines.push(...rows, '');
  }
  lines.push(summary(checked));
  return `${lines.join('\n')}\n`;
}

/** Findings that several targets share are said once, with all these targets. */
function grouped(checked: readonly CheckedTarget[]): { finding: Finding; targets: string[] }[] {
  const groups = new Map<string, { finding: Finding; targets: string[] }>();
  for (const { target, findings } of checked) {
    for (const finding of findings) {
      const { resource, message } = finding;
      const key = JSON.stringify([
        finding.rule,
        resource,
        finding.path,
        finding.source,
        message.replaceAll(target.name, ''),
      ]);
      const group = groups.get(key) ?? { finding, targets: [] };
      group.targets.push(target.name);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function environmentTable(
  environment: string,
  checked: readonly CheckedTarget[],
  paint: (style: Style, text: string) => string,
): string[] {
  const targets = checked.filter(({ target }) => target.environment === environment);
  const [first] = targets;
  if (first?.environment === undefined) return [];
  const offers = capacity(first.environment);
  const rows = [['', 'objects', 'pods', 'CPU', 'of', 'memory', 'of', 'storage', '']];
  for (const { target, asks, findings, environment: offered } of targets) {
    const most = offered === undefined ? asks : allowance(offered, target.system);
    rows.push([
      target.system ?? 'all',
      String(asks.objects),
      String(asks.pods),
      formatCores(asks.cpu),
      formatCores(most.cpu),
      formatBytes(asks.memory),
      formatBytes(most.memory),
      formatBytes(asks.storage),
      verdict(findings),
    ]);
  }
  const head = `${environment}: ${counted(offers.nodes, 'node')}, ${formatCores(offers.cpu)} CPU, ${formatBytes(offers.memory)}`;
  return [paint('bold', head), ...table(rows, [1, 2, 3, 4, 5, 6, 7]).map((line) => `  ${line}`)];
}

/** What is of no environment: how many objects of which kinds. */
function otherTable(
  checked: readonly CheckedTarget[],
  paint: (style: Style, text: string) => string,
): string[] {
  const rows = [['', 'objects', 'applications', '']];
  for (const { target, objects, findings, applications } of checked) {
    if (target.environment !== '') continue;
    const brought = applications === 0 ? '' : String(applications);
    rows.push([target.name, String(objects.length), brought, verdict(findings)]);
  }
  return [
    paint('bold', 'what Argo CD is told, and the platform'),
    ...table(rows, [1, 2]).map((line) => `  ${line}`),
  ];
}

function verdict(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return errors === 0 ? 'valid' : counted(errors, 'error');
}

function summary(checked: readonly CheckedTarget[]): string {
  const count = (severity: string) =>
    checked.reduce(
      (sum, { findings }) => sum + findings.filter((finding) => finding.severity === severity).length,
      0,
    );
  const rendered = checked.filter(({ objects }) => objects.length > 0);
  const objects = rendered.flatMap((target) => target.objects);
  const distinct = new Set(objects.map(({ digest }) => digest)).size;
  const kinds = new Set(objects.map(({ object }) => object.kind)).size;
  const reused = checked.filter(({ cached }) => cached).length;
  return (
    `${rendered.length} of ${checked.length} targets rendered (${reused} as before), ${objects.length} objects ` +
    `(${distinct} distinct) of ${kinds} kinds against their schemas, 0 skipped: ` +
    `${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}`
  );
}
