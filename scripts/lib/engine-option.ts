import { asEngine, assumedEngine, type Engine, pickEngine } from '../../deploy/index.ts';
import { root } from './root.ts';

/** The engine that --engine names, else the first that works; --dry-run asks none. */
export function engineFor(value: string | boolean | undefined, dryRun: boolean): Promise<Engine> {
  const wanted = typeof value === 'string' ? asEngine(value) : undefined;
  return dryRun ? assumedEngine(wanted) : pickEngine(root, wanted);
}
