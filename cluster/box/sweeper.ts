/** Clears up after a cluster that has ended: `sweeper.ts STATE CGROUP data|nothing`. */
import { sweep } from './sweep.ts';

const [state = '', cgroup = '', leaves] = process.argv.slice(2);
await sweep({ state, cgroup, leaves: leaves === 'nothing' ? 'nothing' : 'data' });
