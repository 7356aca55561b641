#!/bin/bash
# Stands for the entrypoint of ZooKeeper's image where the configuration is mounted: the member's number goes to its disk.
set -eu
[ -f /data/myid ] || echo "${ZOO_MY_ID:-1}" > /data/myid
exec "$@"
