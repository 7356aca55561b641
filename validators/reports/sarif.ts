import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeResource } from '../finding.ts';
import type { Rule } from '../rules/rule.ts';
import { type Report, shareFindings } from './report.ts';

/** A file of the repository by its path from the root; any other one, which a caller may name, by its whole address. */
function locationOf(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  if (isAbsolute(file) || file.startsWith('../')) return { uri: pathToFileURL(resolve(file)).href };
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

/**
 * The report as SARIF 2.1.0, for code scanning: one result a finding, at the line that set the field.
 * Source: docs.oasis-open.org/sarif/sarif/v2.1.0.
 */
export function sarifReport(report: Report, rules: readonly Rule[], version: string): string {
  const used = [
    ...new Set(report.targets.flatMap(({ findings }) => findings.map(({ rule }) => rule))),
  ].sort();
  const described = used.map((id) => {
    const rule = rules.find((candidate) => candidate.id === id);
    return {
      id,
      shortDescription: { text: rule?.title ?? id },
      defaultConfiguration: { level: rule?.severity ?? 'error' },
      properties: { family: rule?.family ?? 'schema' },
    };
  });
  const results = shareFindings(report).map(({ finding, targets }) => {
    const { rule, severity, message, source, resource, path } = finding;
    const name =
      resource === undefined ? '' : `${describeResource(resource)}${path === undefined ? '' : ` ${path}`}: `;
    return {
      ruleId: rule,
      ruleIndex: used.indexOf(rule),
      level: severity,
      message: { text: `${name}${message} (${targets.join(', ')})` },
      locations: [
        {
          ...(source === undefined
            ? {}
            : {
                physicalLocation: {
                  artifactLocation: locationOf(source.file),
                  region: { startLine: source.line ?? 1 },
                },
              }),
          ...(resource === undefined
            ? {}
            : { logicalLocations: [{ fullyQualifiedName: describeResource(resource), kind: 'resource' }] }),
        },
      ],
      // The same defect is the same alert from one run to the next, whatever line it has moved to.
      partialFingerprints: {
        'plumbline/v1': [
          rule,
          resource === undefined ? targets[0] : describeResource(resource),
          path ?? '',
        ].join(' '),
      },
    };
  });
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'plumbline', version, rules: described } }, results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}
