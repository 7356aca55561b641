#!/bin/sh
# Stands for the image's own.
exec java -Xmx128m -XX:TieredStopAtLevel=1 -cp "$JARS/*" kafka.tools.StorageTool "$@"
