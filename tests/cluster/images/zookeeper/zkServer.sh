#!/bin/bash
# Stands for ZooKeeper's own script, of which the manifests use one word.
set -eu
[ "${1:-}" = start-foreground ] || { echo "zkServer.sh: this stand-in knows start-foreground" >&2; exit 1; }
# shellcheck disable=SC2086
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "-Xmx${ZK_SERVER_HEAP:-1000}m" ${SERVER_JVMFLAGS:-} ${JVMFLAGS:-} -cp '/apache-zookeeper-3.8.4-bin/lib/*:/conf' \
  org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg
