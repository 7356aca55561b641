import { commandLine } from './shell.ts';
import type { Plan, Step } from './step.ts';

/** The plan as a shell script that a person can read, or run by hand: what --dry-run prints. */
export function printPlan(plan: Plan): string {
  return plan.map((step) => `${printStep(step).join('\n')}\n`).join('\n');
}

function printStep(step: Step): string[] {
  switch (step.kind) {
    case 'run':
      return [`# ${step.does}`, ...step.commands.map(commandLine)];
    case 'ask': {
      const { commands, notes = [] } = step.leadsTo(step.assumed.answers);
      const shown = commands.length === 0 ? '' : ':';
      return [
        `# ${step.does}`,
        ...step.asks.map(commandLine),
        `# then, ${step.assumed.says}${shown}`,
        ...notes.map((note) => `# ${note.replaceAll('\n', '\n# ')}`),
        ...commands.map(commandLine),
      ];
    }
    case 'wait':
      return [
        `# ${step.does}: every ${step.every / 1000} s, for at most ${step.deadline / 60_000} min`,
        ...step.order.map((line) => `#   ${line}`),
        ...step.asks.map(commandLine),
      ];
  }
}
