#!/bin/bash
# Writes this pod's configuration and the login of its cqlsh, and becomes the node.
set -euo pipefail

config=/tmp/cassandra.yaml
shared=/etc/plumbline/cassandra

# All pods of the ring, once the cluster's DNS knows this one too: an answer before that is not the whole.
deadline=$((SECONDS + 120))
until ring=$(getent ahosts cassandra-headless | cut -d ' ' -f 1 | sort -u) && grep -qxF "$POD_IP" <<<"$ring"; do
  if ((SECONDS > deadline)); then
    echo "cassandra-headless does not name this pod ($POD_IP) after 120 s: is the Service there, and does DNS answer?" >&2
    exit 1
  fi
  sleep 1
done

# A node that finds itself among the seeds does not fetch what it should hold. So a pod names the others that answer, and
# only the first pod of a ring that is all down names itself.
seeds=
for address in $ring; do
  if [ "$address" != "$POD_IP" ] && timeout 3 bash -c "</dev/tcp/$address/7000" 2>/dev/null; then
    seeds=${seeds:+$seeds,}$address
  fi
done
if [ -z "$seeds" ]; then
  if [ "$POD_NAME" != cassandra-0 ]; then
    echo 'no other node of the ring answers on port 7000, and only cassandra-0 may start one' >&2
    exit 1
  fi
  seeds=$POD_IP
fi

{
  cat "$shared/cassandra.yaml"
  echo "listen_address: $POD_IP"
  echo "broadcast_rpc_address: $POD_IP"
  echo 'seed_provider:'
  echo '  - class_name: org.apache.cassandra.locator.SimpleSeedProvider'
  echo "    parameters: [{seeds: \"$seeds\"}]"
} >"$config"

(
  umask 077
  mkdir -p ~/.cassandra
  printf '[PlainTextAuthProvider]\nusername = %s\npassword = %s\n' "$ADMIN_USER" "$ADMIN_PASSWORD" >~/.cassandra/credentials
)

# Exported here and not set on the container: nodetool reads the same variable.
export MAX_HEAP_SIZE="$NODE_HEAP"
export JVM_EXTRA_OPTS="-Dcassandra.config=file://$config"
exec cassandra -f
