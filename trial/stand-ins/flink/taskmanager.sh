#!/bin/sh
# Stands for the image's own.
shift
exec "$(dirname "$0")/process.sh" GET_TM_RESOURCE_PARAMS \
  org.apache.flink.runtime.taskexecutor.TaskManagerRunner "$@"
