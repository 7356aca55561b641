#!/bin/sh
# Makes the topics of topics.txt that are not there, and gives all of them the settings that stand there. Safe to run
# again. A topic that is there keeps its number of partitions: with another one, keys would move.
set -eu
here=$(dirname "$0")
# How to say who it is, where the brokers ask.
set -- --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" ${COMMAND_CONFIG:+--command-config "$COMMAND_CONFIG"}
existing=$(kafka-topics.sh "$@" --list)
grep -v -e '^#' -e '^ *$' "$here/topics.txt" | while read -r name partitions settings; do
  if ! echo "$existing" | grep -qx "$name"; then
    kafka-topics.sh "$@" --create --if-not-exists --topic "$name" \
      --partitions "$partitions" --replication-factor "$REPLICATION_FACTOR" </dev/null
  fi
  kafka-configs.sh "$@" --alter --entity-type topics --entity-name "$name" \
    --add-config "min.insync.replicas=$MIN_INSYNC_REPLICAS,$settings" </dev/null
done
