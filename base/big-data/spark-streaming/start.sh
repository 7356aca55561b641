#!/bin/bash
# Puts Spark's configuration together and becomes the driver: Python gets the pod's signals and can finish its batch.
set -euo pipefail

shared=/etc/plumbline/spark
mkdir -p "$SPARK_CONF_DIR"
cat "$shared"/*.conf >"$SPARK_CONF_DIR/spark-defaults.conf"
cp "$shared/log4j2.properties" "$shared/metrics.properties" "$SPARK_CONF_DIR/"
exec python3 "$@"
