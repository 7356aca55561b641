-- The revenue of each category and minute. submit-job.sh gives it to the session cluster; @name@ is the text of the
-- schema of that name in apps/streaming/schemas, @NAME@ a variable of the Job. Under PLAINTEXT Kafka's clients look at no
-- mechanism and no truststore; who they are under SASL is in no job, but in a file of the processes' own.
SET 'pipeline.name' = 'revenue-per-minute';
-- Avro's times are UTC, and TIMESTAMP(3) is how this format reads and writes them.
SET 'table.local-time-zone' = 'UTC';

-- What the client puts into a job is the client's own configuration, not the cluster's: as in base/services/flink/config.yaml.
SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';
SET 'execution.checkpointing.interval' = '10 s';
SET 'execution.checkpointing.min-pause' = '2 s';
SET 'execution.checkpointing.timeout' = '5 min';
SET 'execution.checkpointing.tolerable-failed-checkpoints' = '3';
SET 'execution.checkpointing.incremental' = 'true';
SET 'execution.checkpointing.externalized-checkpoint-retention' = 'RETAIN_ON_CANCELLATION';
SET 'state.backend.type' = 'rocksdb';

CREATE TABLE orders (
  order_id STRING NOT NULL,
  customer_id STRING NOT NULL,
  product_id STRING NOT NULL,
  quantity INT NOT NULL,
  unit_price_cents BIGINT NOT NULL,
  ordered_at TIMESTAMP(3) NOT NULL,
  -- The record's own time. With it each order says by itself whether it is late, and says the same after any restart.
  sent_at TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,
  -- Behind the oldest order that still counts (30 s), by what producers' clocks may differ.
  WATERMARK FOR ordered_at AS sent_at - INTERVAL '35' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = 'kafka-service:9092',
  'properties.security.protocol' = '@KAFKA_SECURITY_PROTOCOL@',
  'properties.sasl.mechanism' = 'SCRAM-SHA-512',
  'properties.ssl.truststore.type' = 'PEM',
  'properties.ssl.truststore.location' = '/etc/kafka-ca/ca.crt',
  'properties.group.id' = 'flink-revenue-per-minute',
  'properties.isolation.level' = 'read_committed',
  -- Small pieces of each partition in turn, so that none waits long for the others while a backlog is read.
  'properties.max.partition.fetch.bytes' = '65536',
  'scan.startup.mode' = 'earliest-offset',
  -- A partition without records for so long holds no window up. One that has some and is not read for as long is taken
  -- for silent too, and what it has would come late.
  'scan.watermark.idle-timeout' = '60 s',
  'format' = 'avro-confluent',
  'avro-confluent.url' = 'http://schema-registry:8081/apis/ccompat/v7'
);

-- Every version of a product since its updated_at.
CREATE TABLE products (
  product_id STRING NOT NULL,
  category STRING NOT NULL,
  updated_at TIMESTAMP(3) NOT NULL,
  sent_at TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR updated_at AS sent_at - INTERVAL '5' SECOND,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'products',
  'properties.bootstrap.servers' = 'kafka-service:9092',
  'properties.security.protocol' = '@KAFKA_SECURITY_PROTOCOL@',
  'properties.sasl.mechanism' = 'SCRAM-SHA-512',
  'properties.ssl.truststore.type' = 'PEM',
  'properties.ssl.truststore.location' = '/etc/kafka-ca/ca.crt',
  'properties.group.id' = 'flink-revenue-per-minute',
  'properties.isolation.level' = 'read_committed',
  -- Products change seldom, and no minute waits for them for long.
  'scan.watermark.idle-timeout' = '10 s',
  'key.format' = 'raw',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://schema-registry:8081/apis/ccompat/v7'
);

CREATE TABLE revenue_per_minute (
  category STRING NOT NULL,
  `minute` TIMESTAMP(3) NOT NULL,
  orders BIGINT NOT NULL,
  items BIGINT NOT NULL,
  revenue_cents BIGINT NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'revenue-per-minute',
  'properties.bootstrap.servers' = 'kafka-service:9092',
  'properties.security.protocol' = '@KAFKA_SECURITY_PROTOCOL@',
  'properties.sasl.mechanism' = 'SCRAM-SHA-512',
  'properties.ssl.truststore.type' = 'PEM',
  'properties.ssl.truststore.location' = '/etc/kafka-ca/ca.crt',
  -- Longer than a checkpoint may take to come and to end, shorter than the fifteen minutes of the brokers.
  'properties.transaction.timeout.ms' = '600000',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'flink-revenue-per-minute',
  'key.format' = 'raw',
  'key.fields' = 'category',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://schema-registry:8081/apis/ccompat/v7',
  'value.avro-confluent.subject' = 'revenue-per-minute-value',
  'value.avro-confluent.schema' = '@revenue@'
);

CREATE TABLE late_orders (
  order_id STRING NOT NULL,
  customer_id STRING NOT NULL,
  product_id STRING NOT NULL,
  quantity INT NOT NULL,
  unit_price_cents BIGINT NOT NULL,
  ordered_at TIMESTAMP(3) NOT NULL,
  sent_at TIMESTAMP(3) NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'late-orders',
  'properties.bootstrap.servers' = 'kafka-service:9092',
  'properties.security.protocol' = '@KAFKA_SECURITY_PROTOCOL@',
  'properties.sasl.mechanism' = 'SCRAM-SHA-512',
  'properties.ssl.truststore.type' = 'PEM',
  'properties.ssl.truststore.location' = '/etc/kafka-ca/ca.crt',
  'properties.transaction.timeout.ms' = '600000',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'flink-late-orders',
  'key.format' = 'raw',
  'key.fields' = 'order_id',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://schema-registry:8081/apis/ccompat/v7',
  'value.avro-confluent.subject' = 'late-orders-value',
  'value.avro-confluent.schema' = '@late-order@'
);

-- Late is by the order's own two times. The watermark is asked too, for one that a stalled broker kept back.
CREATE TEMPORARY VIEW judged AS
SELECT
  *,
  ordered_at < sent_at - INTERVAL '30' SECOND
    OR (CURRENT_WATERMARK(ordered_at) IS NOT NULL AND ordered_at <= CURRENT_WATERMARK(ordered_at)) AS is_late
FROM orders;

CREATE TEMPORARY VIEW counted AS
SELECT product_id, quantity, unit_price_cents, ordered_at
FROM judged
WHERE NOT is_late;

-- By product first: the join then has a row for each product and minute, not one for each order.
CREATE TEMPORARY VIEW sold AS
SELECT
  product_id,
  window_time AS sold_at,
  COUNT(*) AS orders,
  SUM(CAST(quantity AS BIGINT)) AS items,
  SUM(quantity * unit_price_cents) AS revenue_cents
FROM TABLE(TUMBLE(TABLE counted, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))
GROUP BY product_id, window_start, window_end, window_time;

-- The product as it was when the minute ended.
CREATE TEMPORARY VIEW enriched AS
SELECT
  COALESCE(products.category, 'unknown') AS category,
  sold.orders,
  sold.items,
  sold.revenue_cents,
  sold.sold_at
FROM sold
LEFT JOIN products FOR SYSTEM_TIME AS OF sold.sold_at ON sold.product_id = products.product_id;

EXECUTE STATEMENT SET
BEGIN

INSERT INTO revenue_per_minute
SELECT
  category,
  window_start,
  SUM(orders),
  SUM(items),
  SUM(revenue_cents)
FROM TABLE(TUMBLE(TABLE enriched, DESCRIPTOR(sold_at), INTERVAL '1' MINUTE))
GROUP BY category, window_start, window_end;

INSERT INTO late_orders
SELECT order_id, customer_id, product_id, quantity, unit_price_cents, ordered_at, sent_at
FROM judged
WHERE is_late;

END;
