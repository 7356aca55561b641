import { styleText } from 'node:util';
import type { Narrator } from '../../deploy/index.ts';

/** Says on standard error how a plan goes on: on a terminal one line a step that is written over, else a line each. */
export function startNarrator(terminal = process.stderr.isTTY === true): Narrator {
  let step = '';
  let started = 0;
  let before = '';
  const write = (text: string): void => void process.stderr.write(text);
  const width = (): number => (process.stderr.columns ?? 80) - 1;
  const over = (line: string): void => write(`\r\u001b[K${line.slice(0, width())}`);
  const took = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  return {
    begin(does) {
      step = does;
      started = performance.now();
      before = '';
      if (terminal) over(`… ${does}`);
      else write(`${does}\n`);
    },
    say(line) {
      if (line === before) return;
      before = line;
      if (terminal) over(`… ${step}: ${line}`);
      else write(`  ${line}\n`);
    },
    end() {
      if (terminal) write(`\r\u001b[K${styleText('green', '✓')} ${step} (${took()})\n`);
      else write(`  done in ${took()}\n`);
    },
    note(text) {
      if (terminal) write('\r\u001b[K');
      write(`${text}\n`);
    },
  };
}
