#!/bin/sh
# Makes the topics of topics.txt, and sets what differs on those that are there. Safe to run again. Never deletes, and
# never takes partitions away: Kafka cannot, and records of one key would change their order.
set -eu
topics=$(dirname "$0")/topics.txt

# Lines that are neither empty nor a comment.
grep -v -e '^#' -e '^$' "$topics" > /tmp/topics
while read -r topic partitions settings; do
  settings="$settings,min.insync.replicas=$MIN_INSYNC_REPLICAS"
  echo "topics: $topic: $partitions partitions, replication $REPLICATION_FACTOR, $settings"
  kafka-topics.sh --bootstrap-server "$KAFKA_BROKERS" --create --if-not-exists --topic "$topic" \
    --partitions "$partitions" --replication-factor "$REPLICATION_FACTOR" < /dev/null
  now=$(kafka-topics.sh --bootstrap-server "$KAFKA_BROKERS" --describe --topic "$topic" < /dev/null |
    sed -n 's/.*PartitionCount: *\([0-9]*\).*/\1/p')
  if [ "$now" -lt "$partitions" ]; then
    echo "topics: $topic: $now partitions become $partitions"
    kafka-topics.sh --bootstrap-server "$KAFKA_BROKERS" --alter --topic "$topic" --partitions "$partitions" < /dev/null
  fi
  kafka-configs.sh --bootstrap-server "$KAFKA_BROKERS" --alter --entity-type topics --entity-name "$topic" \
    --add-config "$settings" < /dev/null
done < /tmp/topics
