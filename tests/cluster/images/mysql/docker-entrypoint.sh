#!/bin/bash
# Stands for the entrypoint of MySQL's image: an empty data folder is filled, and the server's first start makes what the
# variables ask for before it listens.
set -eu
home=/opt/mysql
data=/var/lib/mysql
run=/var/run/mysqld
export LD_LIBRARY_PATH=$home/bin:$home/lib
server=(
  "$home/bin/mysqld" --defaults-file=/etc/mysql/conf.d/my.cnf "--basedir=$home" "--lc-messages-dir=$home/share"
  "--datadir=$data" "--socket=$run/mysqld.sock" "--pid-file=$run/mysqld.pid" --mysqlx=OFF
)

if [ ! -d "$data/mysql" ]; then
  "${server[@]}" --initialize-insecure
  cat > "$run/first.sql" <<SQL
CREATE USER 'root'@'%' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
ALTER USER 'root'@'localhost' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
CREATE DATABASE \`$MYSQL_DATABASE\`;
CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON \`$MYSQL_DATABASE\`.* TO '$MYSQL_USER'@'%';
SQL
  server+=("--init-file=$run/first.sql")
fi
exec "${server[@]}"
