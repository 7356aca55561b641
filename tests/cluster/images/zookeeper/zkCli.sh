#!/bin/bash
# Stands for ZooKeeper's own script.
set -eu
exec java -Xmx64m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '/apache-zookeeper-3.8.4-bin/lib/*:/conf' org.apache.zookeeper.ZooKeeperMain "$@"
