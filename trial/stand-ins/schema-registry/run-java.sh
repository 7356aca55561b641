#!/bin/sh
# Stands for the entrypoint of the image apicurio/apicurio-registry: the server, with the options of the container.
# shellcheck disable=SC2086
exec java $JAVA_OPTS_APPEND -XX:TieredStopAtLevel=1 -jar "$APICURIO/apicurio-registry-app-3.0.9-runner.jar"
