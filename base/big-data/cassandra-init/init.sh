#!/bin/bash
# Replication, roles, tables. Every step finds its work done when it runs again.
set -euo pipefail
umask 077
mkdir -p ~/.cassandra

# cqlsh reads the login from this file, so that no password stands among the arguments of a process.
login() {
  printf '[PlainTextAuthProvider]\nusername = %s\npassword = %s\n' "$1" "$2" >~/.cassandra/credentials
}

literal() {
  printf "'%s'" "${1//\'/\'\'}"
}

role() {
  printf 'CREATE ROLE IF NOT EXISTS %s WITH LOGIN = true;\n' "$(literal "$1")"
  printf 'ALTER ROLE %s WITH PASSWORD = %s AND SUPERUSER = %s AND LOGIN = true;\n' "$(literal "$1")" "$(literal "$2")" "$3"
}

login "$ADMIN_USER" "$ADMIN_PASSWORD"
if ! cqlsh -e 'SELECT key FROM system.local' >/dev/null; then
  echo 'first run: the administrator is made with the login that Cassandra is born with'
  login cassandra cassandra
  # Before any role is made: what is written now goes to every node that shall hold it.
  cqlsh -f /cassandra/keyspace.cql
  role "$ADMIN_USER" "$ADMIN_PASSWORD" true | cqlsh
  login "$ADMIN_USER" "$ADMIN_PASSWORD"
fi

cqlsh -f /cassandra/keyspace.cql
cqlsh -f /cassandra/init.cql
{
  role "$WRITER_USER" "$WRITER_PASSWORD" false
  printf 'GRANT SELECT ON KEYSPACE storefront TO %s;\n' "$(literal "$WRITER_USER")"
  printf 'GRANT MODIFY ON KEYSPACE storefront TO %s;\n' "$(literal "$WRITER_USER")"
  role "$READER_USER" "$READER_PASSWORD" false
  printf 'GRANT SELECT ON KEYSPACE storefront TO %s;\n' "$(literal "$READER_USER")"
  echo "ALTER ROLE 'cassandra' WITH SUPERUSER = false AND LOGIN = false;"
} | cqlsh
echo 'keyspace storefront: roles and tables are there'
