#!/bin/sh
# Stands for the entrypoint of the image zookeeper: the member's number on its disk, then the server.
set -eu
[ -e "$ZOO_DATA_DIR/myid" ] || echo "$ZOO_MY_ID" > "$ZOO_DATA_DIR/myid"
# shellcheck disable=SC2086
exec java $JVM "-Xmx${ZK_SERVER_HEAP}m" "-Dlogback.configurationFile=$ZOO_LOGBACK" -cp "$JARS/*" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOO_CFG"
