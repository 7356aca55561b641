#!/bin/sh
# Stands for the image's own.
exec java -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$JARS/*" kafka.tools.StorageTool "$@"
