import type { Proof } from '../../tests/cluster/harness/proofs.ts';

/** The proofs that ran, by suite: on what, and how long each took. */
export function proofTable(proofs: readonly Proof[]): string {
  const suites = [...Map.groupBy(proofs, ({ suite }) => suite)].sort(([a], [b]) => a.localeCompare(b));
  const lines = suites.flatMap(([suite, all]) => [
    `${suite}, on ${all[0]?.on}`,
    ...all.map(({ passed, seconds, name }) => `  ${passed ? 'ok  ' : 'FAIL'} ${time(seconds)}  ${name}`),
  ]);
  return ['Proofs', '', ...lines, ''].join('\n');
}

function time(seconds: number): string {
  return `${seconds.toFixed(1).padStart(6)} s`;
}
