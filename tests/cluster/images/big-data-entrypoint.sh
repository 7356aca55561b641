#!/bin/bash
# One image stands for several: a pod that names no command gets the program whose variables it has.
set -eu
if [ -n "${GF_SECURITY_ADMIN_USER:-}" ]; then exec python3 /opt/grafana/grafana.py; fi
if [ -n "${KAFKA_CLUSTERS_0_NAME:-}" ]; then exec python3 /opt/kafka-ui/kafka_ui.py; fi
exec "$@"
