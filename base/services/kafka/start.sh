#!/bin/bash
# Writes this pod's configuration, formats a disk that is new, and becomes the broker.
set -euo pipefail

config=/tmp/server.properties
shared=/etc/plumbline/kafka

{
  cat "$shared/server.properties" "$shared/cluster.properties"
  echo "node.id=${POD_NAME##*-}"
  echo "advertised.listeners=KAFKA://$POD_NAME.kafka-headless:9092"
  if [ -n "$POD_ZONE" ]; then echo "broker.rack=$POD_ZONE"; fi
} >"$config"

kafka-storage.sh format --cluster-id "$CLUSTER_ID" --config "$config" --ignore-formatted

# Exported here and not set on the container: a tool that a person starts in the pod inherits the container's variables,
# and would ask for the broker's heap and print the broker's log.
export KAFKA_HEAP_OPTS="-Xms$BROKER_HEAP -Xmx$BROKER_HEAP"
export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=file:$shared/log4j2.properties"
export KAFKA_GC_LOG_OPTS='-Xlog:all=warning'
exec kafka-server-start.sh "$config"
