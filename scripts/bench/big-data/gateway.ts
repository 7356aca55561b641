import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, table } from '@plumbline/validators';
import { linesOf } from '../../../apps/big-data/generator/index.ts';
import { startGateway } from '../../../trial/big-data.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { startKraft } from '../../../trial/services/kafka-kraft.ts';
import { openTrial } from '../../../trial/trial.ts';
import type { BenchOptions } from '../../bench.ts';
import { median } from '../../lib/median.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import type { Part } from '../part.ts';
import { cpuSeconds, watchPeak } from '../worker-costs.ts';

const count = 100_000;
/** Events of a request, and of a send of the client alone. */
const batch = 1000;
const deadline = 5 * 60_000;

/**
 * Times acknowledged events through producer-gateway, in batches by four clients, beside the producer client alone with
 * the same events in batches of the same size; broker and gateway as the overlay of kind configures them, all on one
 * machine, in turns.
 */
export async function benchGateway({ rounds, say }: BenchOptions): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'big-data'), {
    say,
    measures: true,
  });
  try {
    const kafka = await startKraft(trial);
    await kafka.makeTopics();
    const { url, worker: gateway } = await startGateway(trial);
    const file = join(trial.folder, 'events.ndjson');
    await writeFile(file, events());
    const send = async (way: string, where: string) => {
      const script = join(root, 'scripts/bench/big-data/send.ts');
      const args = [
        '--disable-warning=ExperimentalWarning',
        script,
        way,
        where,
        'events',
        file,
        String(batch),
      ];
      const ran = await run(process.execPath, args, { deadline });
      if (ran.status !== 0) throw new Error(ran.stderr);
      return count / (Number(ran.stdout.toString()) / 1000);
    };
    const found = { client: [] as number[], gateway: [] as number[], perCpu: [] as number[] };
    const peak = watchPeak(gateway);
    for (let round = 0; round <= rounds; round += 1) {
      const client = await send('client', kafka.address);
      const before = cpuSeconds(gateway);
      const through = await send('gateway', url);
      const perCpu = count / (cpuSeconds(gateway) - before);
      const said = `client ${Math.round(client)}/s, gateway ${Math.round(through)}/s`;
      say(`round ${round} of ${rounds}${round === 0 ? ', to warm up' : ''}: ${said}`);
      if (round === 0) continue;
      found.client.push(client);
      found.gateway.push(through);
      found.perCpu.push(perCpu);
    }
    const [client, through, perCpu] = [median(found.client), median(found.gateway), median(found.perCpu)];
    const megabytes = Math.round(peak());
    const row = (name: string, rate: number, about: string) => [
      ...[name, String(Math.round(rate)), (rate / client).toFixed(2), about],
    ];
    const rows = [
      ['', 'events/s', 'ratio', ''],
      row('client', client, `the producer client alone, ${batch} a send: the limit`),
      row('gateway', through, `producer-gateway, ${batch} a request, four at a time`),
    ];
    const figures = [
      `gateway=${(through / client).toFixed(2)}`,
      `client_events_s=${Math.round(client)}`,
      `gateway_events_s=${Math.round(through)}`,
      `gateway_events_cpu_s=${Math.round(perCpu)}`,
      `rss_mib=${megabytes}`,
    ];
    return { text: table(rows, [1, 2]).join('\n'), figures };
  } finally {
    await trial.close();
  }
}

/** The first events of a storefront, one a line. */
function events(): string {
  const options = { seed: 1, speed: 1, steady: true, late: 0, malformed: 0, rate: 1000, duration: 3600 };
  const texts: string[] = [];
  for (const { text } of linesOf({ ...options, start: Date.now() - 7_200_000 })) {
    texts.push(text);
    if (texts.length === count) break;
  }
  return `${texts.join('\n')}\n`;
}
