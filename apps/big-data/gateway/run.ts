import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, createProgress, createRegistry, type Log, startHealth } from '@plumbline/kit';
import { connectProducer } from '@plumbline/kit/kafka';
import { watchBroker } from './broker.ts';
import { gatewayMetrics } from './metrics.ts';
import { createSender } from './sender.ts';
import { createServer } from './server.ts';
import { contradiction, type GatewayConfig } from './settings.ts';

/** One that has something to send, and neither sends it nor fails, for so long is stuck. */
const stallSeconds = 120;
/** Below the 1 MiB that the topic takes in one batch, whatever of a send comes to one partition. */
const sendBytes = 768 * 1024;

/**
 * Serves until the signal is aborted. Then it is not ready and closes each connection with its answer; once nobody sends
 * anything any more it answers what is under way, and closes.
 */
export async function runGateway(config: GatewayConfig, log: Log, signal: AbortSignal): Promise<void> {
  const mistake = contradiction(config);
  if (mistake !== undefined) throw new ConfigError([mistake]);
  const registry = createRegistry();
  const metrics = gatewayMetrics(registry);
  const progress = createProgress({ seconds: stallSeconds });
  const producer = connectProducer(config, 'producer-gateway');
  const broker = watchBroker(producer, log, (up) => metrics.brokerUp.set(up ? 1 : 0));
  const sender = createSender({
    send: producer.send,
    sendBytes,
    onSent(error) {
      broker.noteSent(error);
      progress.done();
      if (error !== undefined) metrics.sendFailures.inc();
    },
  });
  const isEnding = () => signal.aborted;
  const app = await createServer({ config, sender, broker, metrics, log, isEnding });
  const health = await startHealth({
    address: config.metricsAddress,
    registry,
    dead() {
      if (sender.waiting() === 0) progress.done();
      return progress.stuck();
    },
    notReady() {
      if (isEnding()) return 'it ends';
      // Later, requests are told: with all replicas out of the Service, nobody would answer them at all.
      return broker.met() ? undefined : 'Kafka has not answered yet';
    },
  });
  const separator = config.httpAddress.lastIndexOf(':');
  await app.listen({
    port: Number(config.httpAddress.slice(separator + 1)),
    host: config.httpAddress.slice(0, separator) || '::',
  });
  log.info({ address: config.httpAddress }, 'serving');
  const over = new AbortController();
  const watching = broker.watch(over.signal);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await sleep(config.drainSeconds * 1000);
  await app.close();
  over.abort();
  await Promise.race([watching, sleep(1000)]);
  await Promise.race([producer.close().catch(() => {}), sleep(5000)]);
  await health.close();
}
