import type { Bench } from '../bench.ts';
import { benchGateway } from './big-data/gateway.ts';
import { benchSpark } from './big-data/spark.ts';

/** The gateway beside the producer client alone, and then Spark beside its own source of rows. */
export const benchBigData: Bench = async (options) => {
  const gateway = await benchGateway(options);
  options.say(gateway.text);
  const spark = await benchSpark(options);
  const figures = [...gateway.figures, ...spark.figures].join(' ');
  return `${gateway.text}\n\n${spark.text}\nbench big-data ${figures}\n`;
};
