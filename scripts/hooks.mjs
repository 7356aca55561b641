/** Points git at the repository's own hooks, once, after an installation; does nothing outside a checkout. */
import { spawnSync } from 'node:child_process';

spawnSync('git', ['config', 'core.hooksPath', '.githooks'], { stdio: 'ignore', timeout: 10_000 });
