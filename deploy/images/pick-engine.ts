import { UsageError } from '@plumbline/validators';
import { which } from 'zx';
import { runCommand } from '../plan/run-command.ts';
import { type Engine, engines, engineWorks } from './engine.ts';

/** The first engine on PATH that answers. @throws UsageError that says what each one answered. */
export async function pickEngine(cwd: string, wanted: Engine | undefined): Promise<Engine> {
  const reasons: string[] = [];
  for (const engine of wanted === undefined ? engines : [wanted]) {
    if ((await which(engine, { nothrow: true })) === null) {
      reasons.push(`  ${engine}: not on PATH`);
      continue;
    }
    const ran = await runCommand(engineWorks(engine), { cwd });
    if (ran.status === 0) return engine;
    reasons.push(`  ${engine}: ${ran.stderr.trim().split('\n').at(-1) ?? 'does not answer'}`);
  }
  throw new UsageError(
    `Nothing here builds images:\n${reasons.join('\n')}\nStart or install one of them, or deploy with --without-images`,
  );
}

/** The engine that --dry-run reckons with, which asks none: the one named, else the first on PATH, else docker. */
export async function assumedEngine(wanted: Engine | undefined): Promise<Engine> {
  if (wanted !== undefined) return wanted;
  for (const engine of engines) if ((await which(engine, { nothrow: true })) !== null) return engine;
  return 'docker';
}
