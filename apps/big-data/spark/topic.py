"""The topic as Spark's sources."""

import json

from kafka import KafkaConsumer

#: Milliseconds that Kafka may take to say what partitions there are.
DEADLINE = 30_000


def partitions_of(settings):
    """How many partitions the topic has. Raises RuntimeError where it is not there."""
    consumer = KafkaConsumer(
        bootstrap_servers=settings.kafka.split(","), request_timeout_ms=DEADLINE, bootstrap_timeout_ms=DEADLINE
    )
    try:
        found = consumer.partitions_for_topic(settings.topic)
    finally:
        consumer.close()
    if not found:
        raise RuntimeError(f"there is no topic {settings.topic} at {settings.kafka}: the Job kafka-topics makes it")
    return len(found)


def whole_topic(spark, settings):
    """All partitions as one source."""
    return _source(spark, settings, settings.max_offsets).option("subscribe", settings.topic).load()


def each_partition(spark, settings, partitions):
    """A source a partition, each with its share of a batch.

    In one source the partition that is ahead moves the watermark for all: when a backlog is read, or the topic again
    from its start, what lies behind in the others would count as late.
    """
    share = max(1, settings.max_offsets // partitions)
    for partition in range(partitions):
        assigned = json.dumps({settings.topic: [partition]})
        yield _source(spark, settings, share).option("assign", assigned).load()


def _source(spark, settings, most):
    return (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", settings.kafka)
        .option("startingOffsets", "earliest")
        .option("failOnDataLoss", "true")
        .option("maxOffsetsPerTrigger", most)
    )
