export { type AccessRule, type Administrator, connectAdministrator, readAccess } from './access.ts';
export { type Assignment, joinGroup, type Member } from './member.ts';
export { connectProducer, type Message, type MessageProducer } from './producer.ts';
export {
  type Batch,
  type Chunk,
  type KafkaRecord,
  openReader,
  type Positions,
  type Reader,
  TopicRemade,
} from './reader.ts';
export {
  type KafkaAccess,
  type KafkaConfig,
  kafkaAccessSettings,
  kafkaCertificateSetting,
  kafkaSettings,
} from './settings.ts';
export {
  connectTransactions,
  NotWritten,
  type TransactionalProducer,
  type TransactionMessage,
} from './transactions.ts';
