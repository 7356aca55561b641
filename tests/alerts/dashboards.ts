import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../house/repository.ts';
import { monitoredSystems } from './rules.ts';

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

/** The systems that have dashboards for it. */
export async function systemsWithDashboards(): Promise<string[]> {
  const systems = await monitoredSystems();
  const names = await Promise.all(systems.map(dashboardNames));
  return systems.filter((_, index) => names[index]?.length !== 0);
}

/** The files of a system's dashboards; none where there is no folder. */
export async function dashboardNames(system: string): Promise<string[]> {
  const names = await readdir(dashboardFolder(system)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  return names.filter((name) => name.endsWith('.json'));
}

/** What all dashboards of a system ask, with Grafana's own interval as it is at the least: four scrapes. */
export async function questionsOf(system: string): Promise<Question[]> {
  const folder = dashboardFolder(system);
  const files = await dashboardNames(system);
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
