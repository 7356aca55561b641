#!/bin/sh
# Stands for the image's own: the broker, with the options that the container's command sets.
# shellcheck disable=SC2086
exec java $KAFKA_HEAP_OPTS $JVM $KAFKA_OPTS $KAFKA_LOG4J_OPTS -cp "$JARS/*" kafka.Kafka "$@"
