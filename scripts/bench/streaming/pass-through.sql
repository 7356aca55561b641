-- What the job is measured beside: the same orders, read and written as Avro in the same transactions, and nothing made of
-- them.
SET 'pipeline.name' = 'pass-through';
SET 'table.local-time-zone' = 'UTC';
SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';
SET 'execution.checkpointing.interval' = '10 s';
SET 'execution.checkpointing.min-pause' = '2 s';
SET 'execution.checkpointing.incremental' = 'true';
SET 'state.backend.type' = 'rocksdb';

CREATE TABLE orders (
  order_id STRING NOT NULL,
  customer_id STRING NOT NULL,
  product_id STRING NOT NULL,
  quantity INT NOT NULL,
  unit_price_cents BIGINT NOT NULL,
  ordered_at TIMESTAMP(3) NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = 'kafka-service:9092',
  'properties.group.id' = 'pass-through',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'avro-confluent',
  'avro-confluent.url' = 'http://schema-registry:8081/apis/ccompat/v7'
);

CREATE TABLE passed (
  order_id STRING NOT NULL,
  customer_id STRING NOT NULL,
  product_id STRING NOT NULL,
  quantity INT NOT NULL,
  unit_price_cents BIGINT NOT NULL,
  ordered_at TIMESTAMP(3) NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'passed',
  'properties.bootstrap.servers' = 'kafka-service:9092',
  'properties.transaction.timeout.ms' = '600000',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'pass-through',
  'key.format' = 'raw',
  'key.fields' = 'order_id',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://schema-registry:8081/apis/ccompat/v7',
  'value.avro-confluent.subject' = 'passed-value'
);

EXECUTE STATEMENT SET
BEGIN
INSERT INTO passed SELECT * FROM orders;
END;
