#!/bin/sh
# What the distribution's own scripts do: memory as Flink itself divides it, Java's options out of config.yaml, then the
# process. Called with the question to Flink's BashJavaUtils, the class, and the options of the command line.
set -eu
question=$1
class=$2
shift 2
# From `all: >-` to the end of the file.
opened=$(sed -n '/^ *all: >-/,$p' "$FLINK_CONF_DIR/config.yaml" | grep -o -e '--add-.*' | tr '\n' ' ')
told=$(java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$FLINK_HOME/bin/bash-java-utils.jar:$FLINK_HOME/lib/*" \
  org.apache.flink.runtime.util.bash.BashJavaUtils "$question" --configDir "$FLINK_CONF_DIR" "$@" |
  sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p')
jvm=$(echo "$told" | sed -n 1p)
dynamic=$(echo "$told" | sed -n 2p)
case $class in
  *Entrypoint) dynamic="--executionMode cluster $dynamic" ;;
esac
# shellcheck disable=SC2086
exec java $jvm $opened $FLINK_JVM "-Dlog4j.configurationFile=$FLINK_CONF_DIR/log4j-console.properties" \
  -cp "$CONNECTORS/*:$FLINK_HOME/lib/*" "$class" --configDir "$FLINK_CONF_DIR" $dynamic "$@"
