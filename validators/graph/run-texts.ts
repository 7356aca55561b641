import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { environmentOf, expand } from './container-environment.ts';
import { mountedFiles } from './mounted-files.ts';
import { perContainer } from './per-container.ts';
import { shells } from './shell.ts';

/** A text that a container runs by itself or is asked by: its command, a probe, a hook, or a script that these name. */
export interface RunText {
  readonly text: string;
  readonly object: KubernetesObject;
  readonly path: string;
  /** `livenessProbe of container zookeeper`, `script ready.sh`. */
  readonly by: string;
  /** `command`, `livenessProbe`, `preStop` and so on: who runs it. */
  readonly asker: string;
  /** True where a shell reads it: without one, `|` is a word that the program is handed. */
  readonly shell: boolean;
}

/** Everything of that kind in a container, with the variables that are known. */
export const runTexts: (model: Model, workload: Workload, container: Container) => readonly RunText[] =
  perContainer(readTexts);

function readTexts(model: Model, workload: Workload, container: Container): RunText[] {
  const { command = [], args, lifecycle, livenessProbe, readinessProbe, startupProbe } = container.spec;
  const fields: [string, string, readonly string[] | undefined][] = [
    ['command', args === undefined ? 'command' : 'args', [...command, ...(args ?? [])]],
    ['livenessProbe', 'livenessProbe.exec.command', livenessProbe?.exec?.command],
    ['readinessProbe', 'readinessProbe.exec.command', readinessProbe?.exec?.command],
    ['startupProbe', 'startupProbe.exec.command', startupProbe?.exec?.command],
    ['postStart', 'lifecycle.postStart.exec.command', lifecycle?.postStart?.exec?.command],
    ['preStop', 'lifecycle.preStop.exec.command', lifecycle?.preStop?.exec?.command],
  ];
  const found: RunText[] = [];
  const environment = environmentOf(model, workload, container);
  for (const [asker, field, words = []] of fields) {
    if (words.length === 0) continue;
    const raw = words.join(' ');
    const path = joinPath(container.path, field);
    const by = `${asker} of container ${container.name}`;
    const shell = words.some((word) => shells.test(word.slice(word.lastIndexOf('/') + 1)));
    found.push({ text: expand(raw, environment), object: workload.object, path, by, asker, shell });
    for (const { kind, name, key, at } of mountedFiles(model, workload, container)) {
      if (!raw.includes(at) && !raw.includes(`/${key}`)) continue;
      const configuration = model.configuration(kind, workload.namespace, name);
      const text = configuration?.values.get(key);
      if (configuration === undefined || text === undefined) continue;
      found.push({
        text: expand(text.replaceAll(/^\s*#.*$/gm, ''), environment),
        object: configuration.object,
        path: configuration.pathOf(key),
        by: `script ${key}, ${by}`,
        asker,
        shell: true,
      });
    }
  }
  return found;
}
