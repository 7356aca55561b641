import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../house/repository.ts';

/** A question that a panel asks. */
export interface Question {
  /** `Revenue, Lag` */
  readonly panel: string;
  readonly expr: string;
  readonly legend: string;
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

/** The folder of a system's dashboards for the platform's Grafana. */
export const dashboardFolder = (system: string): string =>
  join(root, 'base/components/monitoring', system, 'dashboards');

/** What all dashboards of a system ask, with Grafana's own interval as it is at the least: four scrapes. */
export async function questionsOf(system: string): Promise<Question[]> {
  const folder = dashboardFolder(system);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => {
    const { title, panels } = JSON.parse(text) as Dashboard;
    return panels.flatMap((panel) =>
      panel.targets.map(({ expr, legendFormat }) => ({
        panel: `${title}, ${panel.title}`,
        expr: expr.replaceAll('$__rate_interval', '2m'),
        legend: legendFormat,
      })),
    );
  });
}
