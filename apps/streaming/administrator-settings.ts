import { text } from '@plumbline/kit';
import { kafkaAccessSettings, kafkaCertificateSetting } from '@plumbline/kit/kafka';
import { brokerSettings } from './worker-settings.ts';

/** What those read that administer the brokers: they show a certificate, and have no password. */
export const administratorSettings = {
  brokers: brokerSettings.brokers,
  caFile: kafkaAccessSettings.caFile,
  certificateFile: kafkaCertificateSetting,
} as const;

/** What kafka-access reads from its environment. */
export const accessSettings = {
  ...administratorSettings,
  accessFile: text('ACCESS_FILE', 'the file with the table of who may do what'),
  passwordsPath: text('PASSWORDS_PATH', 'the folder with a file for the password of each user'),
} as const;
