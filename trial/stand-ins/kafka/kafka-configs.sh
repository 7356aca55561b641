#!/bin/sh
# Stands for the image's own.
# shellcheck disable=SC2086
exec java $KAFKA_HEAP_OPTS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$JARS/*" kafka.admin.ConfigCommand "$@"
