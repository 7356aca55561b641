#!/bin/bash
# Stands for the scripts of Kafka's own image: the class that goes by the name under which it is called.
set -eu
case "${0##*/}" in
  kafka-server-start.sh) class=kafka.Kafka ;;
  kafka-topics.sh) class=org.apache.kafka.tools.TopicCommand ;;
  kafka-configs.sh) class=kafka.admin.ConfigCommand ;;
  kafka-consumer-groups.sh) class=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
  kafka-console-consumer.sh) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
  kafka-console-producer.sh) class=org.apache.kafka.tools.ConsoleProducer ;;
  kafka-get-offsets.sh) class=org.apache.kafka.tools.GetOffsetShell ;;
  *) echo "$0: this stand-in has no such script" >&2; exit 1 ;;
esac
# shellcheck disable=SC2206
options=(${KAFKA_HEAP_OPTS:--Xmx256m} ${KAFKA_OPTS:-} ${KAFKA_LOG4J_OPTS:-})
exec java "${options[@]}" -cp '/opt/kafka/libs/*' "$class" "$@"
