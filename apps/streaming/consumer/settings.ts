import { number, text } from '@plumbline/kit';
import {
  brokerSettings,
  deadLetter,
  servingSettings,
  topicSettings,
  workerSettings,
} from '../worker-settings.ts';

/** What streaming-consumer reads from its environment. */
export const consumerSettings = {
  ...workerSettings,
  ...brokerSettings,
  ...servingSettings,
  revenue: topicSettings.revenue,
  deadLetter,
  group: text('CONSUMER_GROUP', 'the name of the consumer group'),
  sessionSeconds: number(
    'SESSION_SECONDS',
    'seconds without a heartbeat until the group goes on without it',
    {
      least: 6,
      most: 300,
      fallback: 15,
    },
  ),
} as const;
