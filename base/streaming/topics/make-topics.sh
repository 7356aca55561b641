#!/bin/sh
# Makes the topics of topics.txt that are not there, and gives all of them the settings that stand there. Safe to run
# again. A topic that is there keeps its number of partitions: with another one, keys would move.
set -eu
here=$(dirname "$0")
existing=$(kafka-topics.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --list)
grep -v -e '^#' -e '^ *$' "$here/topics.txt" | while read -r name partitions settings; do
  if ! echo "$existing" | grep -qx "$name"; then
    kafka-topics.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --create --if-not-exists --topic "$name" \
      --partitions "$partitions" --replication-factor "$REPLICATION_FACTOR" </dev/null
  fi
  kafka-configs.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --alter --entity-type topics --entity-name "$name" \
    --add-config "min.insync.replicas=$MIN_INSYNC_REPLICAS,$settings" </dev/null
done
