#!/bin/bash
# Stands for the scripts of Kafka's own image: the class that goes by the name under which it is called.
set -eu
case "${0##*/}" in
  kafka-server-start.sh) class=kafka.Kafka ;;
  kafka-storage.sh) class=kafka.tools.StorageTool ;;
  kafka-topics.sh) class=org.apache.kafka.tools.TopicCommand ;;
  kafka-configs.sh) class=kafka.admin.ConfigCommand ;;
  kafka-consumer-groups.sh) class=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
  kafka-console-consumer.sh) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
  kafka-console-producer.sh) class=org.apache.kafka.tools.ConsoleProducer ;;
  kafka-reassign-partitions.sh) class=org.apache.kafka.tools.reassign.ReassignPartitionsCommand ;;
  kafka-leader-election.sh) class=org.apache.kafka.tools.LeaderElectionCommand ;;
  kafka-broker-api-versions.sh) class=kafka.admin.BrokerApiVersionsCommand ;;
  kafka-get-offsets.sh) class=org.apache.kafka.tools.GetOffsetShell ;;
  *) echo "$0: this stand-in has no such script" >&2; exit 1 ;;
esac
# Started and killed more often than they run for long: half the CPU of a start.
quickly=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
# shellcheck disable=SC2206
options=(${KAFKA_HEAP_OPTS:--Xmx256m} ${KAFKA_OPTS:-} ${KAFKA_LOG4J_OPTS:-})
exec java "${quickly[@]}" "${options[@]}" -cp '/opt/kafka/libs/*' "$class" "$@"
