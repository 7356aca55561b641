"""Waits until the topic and the tables are there, and the login may read them: the Jobs of the system make them.

Ends with 0 when they are, with 1 when they are not within --deadline seconds, and says what is missing meanwhile.
"""

import argparse
import logging
import os
import sys
import time

from cassandra_session import connect
from settings import SettingsError, read_settings
from topic import partitions_of

#: Those of init.cql.
TABLES = (
    "sessions", "views", "carts", "purchases", "activity_by_minute", "purchases_by_minute", "products_by_hour",
    "dead_letters", "batches",
)  # fmt: skip

#: Of the Murmur3 partitioner.
LAST_TOKEN = 2**63 - 1


def look(settings):
    """Raises what is missing."""
    partitions_of(settings)
    session = connect(settings)
    try:
        tables = session.cluster.metadata.keyspaces[settings.keyspace].tables
        missing = [name for name in TABLES if name not in tables]
        if missing:
            raise RuntimeError(f"{settings.keyspace} has no table {', '.join(missing)} yet")
        for name in TABLES:
            # Whether the login may read it is all that is asked: behind the last token there are no rows, nor any that
            # have expired and would be counted as they are passed.
            key = ", ".join(column.name for column in tables[name].partition_key)
            session.execute(f"SELECT * FROM {name} WHERE token({key}) > {LAST_TOKEN} LIMIT 1")
    finally:
        session.cluster.shutdown()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deadline", type=int, default=300, help="seconds (300)")
    options = parser.parse_args()
    logging.getLogger("cassandra").setLevel(logging.CRITICAL)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        # Nothing is written here, so the checkpoint is no matter.
        settings = read_settings({"CHECKPOINT_LOCATION": "file:///none", **os.environ})
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    deadline = time.monotonic() + options.deadline
    wait, said = 0.5, None
    while True:
        try:
            look(settings)
            print("the topic and the tables are there", flush=True)
            return 0
        except Exception as error:
            why = str(error) or repr(error)
        if why != said:
            print(f"waiting: {why}", flush=True)
            said = why
        if time.monotonic() + wait > deadline:
            sys.stderr.write(f"not within {options.deadline} s: {why}\n")
            return 1
        time.sleep(wait)
        wait = min(5, wait * 2)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
