#!/bin/sh
# Stands for the image's own.
# shellcheck disable=SC2086
exec java $JVM_ARGS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --add-opens=java.base/java.lang=ALL-UNNAMED \
  --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.net=ALL-UNNAMED \
  -cp "$CONNECTORS/*:$FLINK_HOME/lib/*:$FLINK_HOME/opt/*:$GATEWAY/*" \
  org.apache.flink.table.client.SqlClient "$@" --jar "$FLINK_HOME/opt/flink-sql-client-1.20.5.jar"
