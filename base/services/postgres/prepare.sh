#!/bin/sh
# Before each start of the server: makes the data where there is none, then sets roles and passwords by the *.sql files
# beside this script. Safe at any point of an earlier run that was cut off.
set -eu
umask 077
config=$(dirname "$0")

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  echo "prepare: no data in $PGDATA: making it"
  # Made under another name: a directory of the right name is complete.
  rm -rf "$PGDATA.new"
  printf '%s' "$POSTGRES_PASSWORD" > /tmp/postgres-password
  # Sorted by code point: the order of an index does not change with the image's C library.
  initdb --pgdata="$PGDATA.new" --username=postgres --pwfile=/tmp/postgres-password \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums --auth=scram-sha-256
  rm /tmp/postgres-password
  mv "$PGDATA.new" "$PGDATA"
fi
# A volume that gets its group anew (fsGroup) opens it to the group, and the server refuses that.
chmod 0700 "$PGDATA"

# Nobody but this script can connect: no TCP, and a socket of its own.
pg_ctl start --pgdata="$PGDATA" --wait --timeout=3600 --options="--config-file=$config/postgresql.conf \
  --hba-file=$config/pg_hba.conf --listen-addresses= --unix-socket-directories=/tmp"
trap 'pg_ctl stop --pgdata="$PGDATA" --wait --timeout=3600 --mode=fast' EXIT
trap 'exit 143' TERM INT
for file in "$config"/*.sql; do
  echo "prepare: $file"
  psql --host=/tmp --username=postgres --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file="$file"
done
