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
export { type KafkaConfig, kafkaSettings } from './settings.ts';
