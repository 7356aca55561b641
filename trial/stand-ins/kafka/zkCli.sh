#!/bin/sh
# Stands for the image's own.
exec java -Xmx64m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$JARS/*" org.apache.zookeeper.ZooKeeperMain "$@"
