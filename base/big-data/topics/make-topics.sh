#!/bin/bash
# Makes the topics of topics.conf that are not there, and gives those that are the settings of this file.
set -euo pipefail

while read -r topic partitions settings; do
  case $topic in '' | '#'*) continue ;; esac
  settings="min.insync.replicas=$MIN_INSYNC_REPLICAS${settings:+,${settings// /,}}"
  kafka-topics.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --create --if-not-exists --topic "$topic" \
    --partitions "$partitions" --replication-factor "$REPLICATION_FACTOR" </dev/null
  kafka-configs.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --alter --entity-type topics --entity-name "$topic" \
    --add-config "$settings" </dev/null
done <"${BASH_SOURCE%/*}/topics.conf"
