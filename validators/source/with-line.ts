import type { Finding } from '../finding.ts';

/**
 * A finding about a field of a file itself (of a kustomization), with the line of that field.
 * @param text gives the file's text.
 */
export async function withLine(
  finding: Finding,
  text: (file: string) => string | undefined,
): Promise<Finding> {
  const { source, path, resource } = finding;
  if (source === undefined || source.line !== undefined || path === undefined || resource !== undefined)
    return finding;
  const content = text(source.file);
  if (content === undefined) return finding;
  // Loaded when something is wrong: a run that finds nothing has no use for it.
  const { lineAt } = await import('./line-at.ts');
  return { ...finding, source: { ...source, line: lineAt(content, path) } };
}
