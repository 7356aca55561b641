import type { Bench } from '../bench.ts';
import { benchJob } from './streaming/job.ts';
import { benchProducer } from './streaming/producer.ts';

/** The Avro producer beside plain bytes, and then Flink's job beside one that passes orders through. */
export const benchStreaming: Bench = async (options) => {
  const producer = await benchProducer(options);
  options.say(producer.text);
  const job = await benchJob(options);
  return `${producer.text}\n\n${job.text}\nbench streaming ${[...producer.figures, ...job.figures].join(' ')}\n`;
};
