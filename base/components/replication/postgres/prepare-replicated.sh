#!/bin/sh
# The same as prepare.sh for one of several servers: the pod of the index PRIMARY_INDEX is the primary, the others follow
# it. Nothing here promotes or demotes a server, and nothing overwrites data that might exist nowhere else.
set -eu
umask 077
config=$(dirname "$0")
slot="standby_$POD_INDEX"
export PGCONNECT_TIMEOUT=5

say() { echo "prepare: $*"; }
refuse() {
  say "REFUSED: $*" >&2
  exit 1
}
# Asks the primary as the role `replicator`.
ask() {
  psql --host="$PRIMARY_HOST" --port="$PRIMARY_PORT" --username=replicator --dbname=postgres --no-password --no-psqlrc \
    --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$1"
}
answers() { pg_isready --quiet --host="$PRIMARY_HOST" --port="$PRIMARY_PORT" --username=replicator --timeout=3; }
# A server is there, even if it still replays its log and says "not yet" (1).
is_there() {
  pg_isready --quiet --host="$1" --port="$PRIMARY_PORT" --username=replicator --timeout=3 || [ $? -eq 1 ]
}

# Read by `ask`, by pg_basebackup and by the server while it follows; a colon and a backslash need a backslash.
escaped=$(printf '%s' "$REPLICATION_PASSWORD" | sed 's/[:\\]/\\&/g')
printf '*:*:*:replicator:%s\n' "$escaped" > "$PGPASSFILE"

if [ "$POD_INDEX" = "$PRIMARY_INDEX" ]; then
  if [ -s "$PGDATA/PG_VERSION" ]; then
    [ ! -e "$PGDATA/standby.signal" ] ||
      refuse "index $POD_INDEX should be the primary, but its data is a standby's. Promote it first, while it runs" \
        "under the old PRIMARY_INDEX: pg_ctl promote"
  else
    # An empty disk beside standbys with data is a lost disk, not a new system.
    for address in $(getent ahosts "$PEERS_HOST" | awk '{ print $1 }' | sort -u); do
      [ "$address" != "$POD_IP" ] || continue
      ! is_there "$address" ||
        refuse "no data here, but the server at $address has some. Promote that one (pg_ctl promote) and set" \
          "PRIMARY_INDEX to its index, or remove its claim too to begin with nothing"
    done
  fi
  exec sh "$config/prepare.sh"
fi

if [ -s "$PGDATA/PG_VERSION" ]; then
  chmod 0700 "$PGDATA"
  [ -e "$PGDATA/standby.signal" ] ||
    refuse "index $POD_INDEX should follow index $PRIMARY_INDEX, but its data was a primary's. When nothing of it is" \
      "missing from the new primary, remove this pod's claim, and the pod"
else
  say "no data in $PGDATA: waiting for $PRIMARY_HOST to copy it from"
  deadline=$(($(date +%s) + 300))
  until answers; do
    [ "$(date +%s)" -lt "$deadline" ] || refuse "$PRIMARY_HOST:$PRIMARY_PORT did not answer within 300 s"
    sleep 2
  done
fi

ask_state() {
  ask "SELECT coalesce((SELECT coalesce(wal_status, 'new') FROM pg_replication_slots WHERE slot_name = '$slot'), 'none')"
}
if ! state=$(ask_state); then
  # The primary is away, or does not know a new password yet: it restarts last.
  [ -s "$PGDATA/PG_VERSION" ] || refuse "$PRIMARY_HOST answers, but not to this standby, which has no data yet"
  say "$PRIMARY_HOST does not answer: starting with the data at hand; the server connects by itself"
  exit 0
fi
if [ -s "$PGDATA/PG_VERSION" ]; then
  theirs=$(ask 'SELECT system_identifier FROM pg_control_system()')
  ours=$(pg_controldata "$PGDATA" | sed -n 's/^Database system identifier: *//p')
  [ "$theirs" = "$ours" ] ||
    refuse "$PRIMARY_HOST holds another database ($theirs) than this standby ($ours), which may be the last copy." \
      "To follow it none the less, remove this pod's claim, and the pod"
  case $state in
    none | lost)
      say "the primary no longer keeps what this standby lacks (slot $slot: $state): copying it anew"
      rm -rf "$PGDATA"
      ;;
    *)
      say "following $PRIMARY_HOST by the slot $slot ($state)"
      exit 0
      ;;
  esac
fi

# The slot first: the primary keeps its log from here on until this standby has read it.
[ "$state" != lost ] || ask "SELECT pg_drop_replication_slot('$slot')" > /dev/null
case $state in none | lost) ask "SELECT pg_create_physical_replication_slot('$slot', true)" > /dev/null ;; esac
say "copying $PRIMARY_HOST"
# Copied under another name: a directory of the right name is complete.
rm -rf "$PGDATA.new"
pg_basebackup --host="$PRIMARY_HOST" --port="$PRIMARY_PORT" --username=replicator --no-password \
  --pgdata="$PGDATA.new" --slot="$slot" --wal-method=stream --checkpoint=fast
touch "$PGDATA.new/standby.signal"
mv "$PGDATA.new" "$PGDATA"
say "copied; following $PRIMARY_HOST by the slot $slot"
