import { type Format, formats } from '../graph/known-settings.ts';
import { mountedFiles } from '../graph/mounted-files.ts';
import { isSlip } from '../text/nearest.ts';
import { remember } from '../text/remember.ts';
import type { Rule } from './rule.ts';

interface Mistyped {
  readonly written: string;
  readonly meant: string;
  readonly line: number;
  readonly format: Format;
}

const fileNames = /\.(?:properties|cfg|conf|cnf|ini)$/;

/** The name that MySQL compares: it takes `-` for `_`. */
const plain = (name: string, { server }: Format) => (server === 'MySQL' ? name.replaceAll('-', '_') : name);

/** The settings that a file has, with their lines. */
function settingsOf(lines: readonly string[], format: Format): { name: string; line: number }[] {
  return lines.flatMap((text, index) => {
    const name = format.line.exec(text)?.[1];
    return name === undefined || /^\s*[#;]/.test(text) ? [] : [{ name, line: index + 1 }];
  });
}

/** What a file of one server's settings has mistyped; nothing in a file of anybody else. */
const mistypedIn: (file: string, text: string) => readonly Mistyped[] = remember(
  (file: string, text: string) => {
    const lines = text.split('\n');
    let best: { readonly format: Format; readonly settings: { name: string; line: number }[] } | undefined;
    // Two settings make a guess, and half of them a file.
    let most = 1;
    const named = formats.filter(({ files }) => files.test(file));
    for (const format of named.length > 0 ? named : formats) {
      const settings = settingsOf(lines, format);
      const known = settings.filter(({ name }) => format.known.has(plain(name, format))).length;
      if (known <= most || known * 2 < settings.length) continue;
      most = known;
      best = { format, settings };
    }
    if (best === undefined) return [];
    const { format, settings } = best;
    return settings.flatMap(({ name, line }) => {
      const written = plain(name, format);
      if (written.length < 4 || format.known.has(written)) return [];
      // MySQL takes the beginning of a name for the whole.
      const meant = [...format.known].find((one) => isSlip(written, one) && !one.startsWith(written));
      return meant === undefined ? [] : [{ written: name, meant, line, format }];
    });
  },
  (file, text) => `${file}\0${text}`,
  2000,
);

/** A configuration file has a setting that is nearly one that its server knows. */
export const settingMistyped: Rule = {
  id: 'setting-mistyped',
  severity: 'error',
  family: 'data systems',
  title: 'a configuration file has a setting that is mistyped',
  *check({ model }) {
    const seen = new Set<string>();
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        for (const { kind, name, key } of mountedFiles(model, workload, container)) {
          if (!fileNames.test(key)) continue;
          const configuration = model.configuration(kind, workload.namespace, name);
          const text = configuration?.values.get(key);
          const place = `${kind} ${workload.namespace} ${name} ${key}`;
          if (configuration === undefined || text === undefined || seen.has(place)) continue;
          seen.add(place);
          for (const { written, meant, line, format } of mistypedIn(key, text)) {
            yield {
              object: configuration.object,
              path: configuration.pathOf(key),
              within: line,
              message: `${key}, which container ${container.name} of ${workload.kind} ${workload.name} is given, sets ${written}, and ${format.server} knows no such setting (did you mean "${meant}"?): ${format.effect}`,
            };
          }
        }
      }
    }
  },
};
