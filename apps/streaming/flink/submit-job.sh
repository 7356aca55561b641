#!/bin/bash
# Gives a job of Flink SQL to a session cluster; safe to run again. While a job of that name runs it does nothing. Else the
# job goes on from the newest checkpoint or savepoint of the one before, which is noted on the volume by its id.
set -euo pipefail
jobs=$STATE_PATH/jobs
note=$jobs/$JOB_NAME
say() { echo "$JOB_NAME: $*" >&2; }

# The id of the job of that name that has not ended; nothing where there is none. A JobManager that takes over answers
# once it has its jobs again.
running() {
  curl --silent --show-error --fail --max-time 10 "$FLINK_URL/jobs/overview" | tr '{' '\n' |
    grep -F "\"name\":\"$JOB_NAME\"" | grep -v -E '"state":"(FINISHED|CANCELED|FAILED)"' |
    sed -n 's/.*"jid":"\([0-9a-f]*\)".*/\1/p' | head -n 1 || [ "${PIPESTATUS[0]}" = 0 ]
}

remember() {
  mkdir -p "$jobs"
  echo "$1" > "$note.partial"
  mv "$note.partial" "$note"
}

# The folder of the newest complete state of the job that was noted last: a checkpoint, or a savepoint it was stopped with.
newest() {
  [ -e "$note" ] || return 0
  local id
  id=$(cat "$note")
  find "$STATE_PATH/checkpoints/$id" "$STATE_PATH/savepoints" -path "*/savepoint-${id:0:6}-*/_metadata" -printf '%T@ %h\n' \
    -o -path "*/$id/chk-*/_metadata" -printf '%T@ %h\n' 2>/dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2- || true
}

id=$(running)
if [ -n "$id" ]; then
  say "runs already, as $id"
  remember "$id"
  exit 0
fi

sql=$(mktemp)
trap 'rm -f "$sql"' EXIT
from=
if [ "$START_FROM" = newest ]; then from=$(newest); elif [ "$START_FROM" != nothing ]; then from=$START_FROM; fi
if [ -n "$from" ]; then
  say "goes on from $from"
  echo "SET 'execution.savepoint.path' = 'file://$from';" > "$sql"
else
  say "begins with nothing"
fi
# @name@ in the job is the newest version of a schema, on one line; @NAME@ is a variable.
schema() { tr -d '\n' < "$(printf '%s\n' "$SCHEMAS_PATH/$1"/*.avsc | sort -V | tail -n 1)"; }
text=$(cat "$JOB_SQL")
for name in $(grep -o -E "'@[a-z-]+@'" "$JOB_SQL" | tr -d "'@" | sort -u); do
  text=${text//"@$name@"/$(schema "$name")}
done
for name in $(grep -o -E "'@[A-Z_]+@'" "$JOB_SQL" | tr -d "'@" | sort -u); do
  text=${text//"@$name@"/${!name}}
done
printf '%s\n' "$text" >> "$sql"

address=${FLINK_URL#http://}
sql-client.sh -f "$sql" -D execution.target=remote -D "rest.address=${address%:*}" -D "rest.port=${address##*:}" \
  -D "parallelism.default=$PARALLELISM"
id=$(running)
if [ -z "$id" ]; then
  say "was not taken by $FLINK_URL"
  exit 1
fi
remember "$id"
say "runs, as $id"
