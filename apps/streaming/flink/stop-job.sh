#!/bin/bash
# Takes a savepoint of a job, and ends the job with it: `stop-job.sh NAME`; with `--keep` the job goes on. Prints where the
# savepoint is. Run in a pod of the JobManager, or with FLINK_URL.
set -euo pipefail
name=$1
keep=${2:-}
url=${FLINK_URL:-http://localhost:8081}
ask() { curl --silent --show-error --fail --max-time 30 "$@"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

id=$(ask "$url/jobs/overview" | tr '{' '\n' | grep -F "\"name\":\"$name\"" |
  grep -v -E '"state":"(FINISHED|CANCELED|FAILED)"' | field jid) || true
if [ -z "$id" ]; then
  echo "no job $name runs" >&2
  exit 1
fi
if [ "$keep" = --keep ]; then
  request=$(ask -X POST -H 'content-type: application/json' -d '{"cancel-job":false}' "$url/jobs/$id/savepoints" | field request-id)
else
  request=$(ask -X POST -H 'content-type: application/json' -d '{"drain":false}' "$url/jobs/$id/stop" | field request-id)
fi
for _ in $(seq 300); do
  # A JobManager that takes over meanwhile does not answer.
  answer=$(ask "$url/jobs/$id/savepoints/$request" || true)
  place=$(echo "$answer" | field location)
  if [ -n "$place" ]; then
    echo "$place"
    exit 0
  fi
  if echo "$answer" | grep -q failure-cause; then
    echo "no savepoint of $name: $(echo "$answer" | field class)" >&2
    exit 1
  fi
  sleep 1
done
echo "no savepoint of $name within five minutes" >&2
exit 1
