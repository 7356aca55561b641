#!/bin/bash
# Stands for the entrypoint of pgAdmin's image: its settings, its database at the first start, the servers of the mounted
# list, then gunicorn.
set -eu
package=/pgadmin4/site/pgadmin4
data=/var/lib/pgadmin
export PYTHONPATH=/pgadmin4/site PYTHONDONTWRITEBYTECODE=1 HOME=/tmp

{
  echo "LOG_FILE = '/dev/null'"
  echo "DEFAULT_SERVER = '${PGADMIN_LISTEN_ADDRESS:-0.0.0.0}'"
  env | sed -n 's/^PGADMIN_CONFIG_\([A-Z_]*\)=/\1 = /p'
} > "$PGADMIN_CUSTOM_CONFIG_DISTRO_FILE"

if [ ! -f "$data/pgadmin4.db" ]; then
  PGADMIN_SETUP_EMAIL="$PGADMIN_DEFAULT_EMAIL" PGADMIN_SETUP_PASSWORD="$PGADMIN_DEFAULT_PASSWORD" \
    python3 "$package/setup.py" setup-db
  storage="$data/storage/${PGADMIN_DEFAULT_EMAIL//@/_}"
  mkdir -p "$storage"
  install -m 600 "$PGPASS_FILE" "$storage/.pgpass"
fi
replace=()
[ "${PGADMIN_REPLACE_SERVERS_ON_STARTUP:-}" = True ] && replace=(--replace)
python3 "$package/setup.py" load-servers "$PGADMIN_SERVER_JSON_FILE" --user "$PGADMIN_DEFAULT_EMAIL" "${replace[@]}"

exec python3 -m gunicorn --bind "$PGADMIN_LISTEN_ADDRESS:$PGADMIN_LISTEN_PORT" --workers 1 --threads 25 \
  --worker-tmp-dir /tmp --chdir "$package" pgAdmin4:app
