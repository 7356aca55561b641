#!/bin/sh
# Mounts the inbox once, at deploy: a claim that binds at its first consumer binds now, and one that the batch could
# not use is found out now, not at midnight. Brings the sample files where a component mounts some.
set -eu

probe=/inbox/.writable
if ! touch "$probe"; then
  echo "inbox: user $(id -u) cannot write to /inbox: look at the claim csv-inbox-pvc and the permissions of its volume" >&2
  exit 1
fi
rm "$probe"

for sample in /samples/*.csv; do
  [ -e "$sample" ] || continue
  name=${sample##*/}
  if [ -e "/inbox/$name" ]; then
    echo "inbox: $name is there already"
    continue
  fi
  # Under another name first: the batch takes *.csv, and must not meet half a file.
  cp "$sample" "/inbox/.$name.part"
  mv "/inbox/.$name.part" "/inbox/$name"
  echo "inbox: brought $name"
done
