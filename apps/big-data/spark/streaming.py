"""Reads the topic of the storefront's events and writes Cassandra's tables, in two queries with a checkpoint each.

`events` keeps each event and what is none, `windows` counts. All rows are upserts by their full primary
key with a time of writing of their own (tables.py, windows.py), so a batch that is done twice is done once.
"""

import os
import signal
import sys
import threading
import time

from cassandra_session import connect
from health import serve_health
from log import log
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from records import TABLES, read_records, with_time
from report import Report
from settings import SettingsError, read_settings
from tables import rows_of
from topic import each_partition, partitions_of, whole_topic
from windows import SERIES, counted, on_time, rows_of_series


def open_session(settings):
    conf = {
        "spark.cassandra.connection.host": settings.cassandra_host,
        "spark.cassandra.connection.port": settings.cassandra_port,
        "spark.cassandra.connection.localDC": settings.datacenter,
        "spark.cassandra.auth.username": settings.user,
        "spark.cassandra.auth.password": settings.password,
    }
    builder = SparkSession.builder
    for key, value in conf.items():
        builder = builder.config(key, str(value))
    return builder.getOrCreate()


def observed(records, tells=False):
    """Counts a batch's records on their way; Spark tells the counts with the batch. One query tells what is late and dead."""
    late, dead = F.col("late"), F.col("target") == "dead_letters"
    return records.observe(
        "seen",
        F.count("*").alias("rows"),
        F.count(F.when(F.lit(tells) & late, 1)).alias("late"),
        F.count(F.when(F.lit(tells) & dead, 1)).alias("dead"),
    )


class Ending(Exception):
    """No batch is begun any more."""


class Writer:
    """Writes the batches of one query: each table's rows, and the report of them."""

    #: Set when the process shall end: the batch that is under way or planned is finished, the next is not begun.
    ending = threading.Event()
    _over = False

    def __init__(self, spark, settings, report, query, part, tables):
        """`part` names the column that tells which rows are for which table, `tables` their tables and their rows."""
        self._spark, self._settings, self._report = spark, settings, report
        self._query, self._part, self._tables = query, part, tables

    def __call__(self, batch, number):
        # Nothing of it is written, nor is it in the checkpoint: it is the first of the next run.
        if self._over:
            raise Ending(f"batch {number} is left to the next run")
        # Read once: each table's rows are taken from it, and the state's must not be made twice. A task a core: each
        # table's rows are tasks of their own, and most have few.
        batch = batch.coalesce(self._cores()).persist()
        try:
            for part, rows in batch.groupBy(self._part).count().collect():
                table, rows_for = self._tables[part]
                self._write(rows_for(batch), table)
                self._report.wrote(self._query, number, table, rows)
        finally:
            batch.unpersist()
            self._over = self.ending.is_set()

    def _cores(self):
        return self._spark.sparkContext.defaultParallelism

    def _write(self, rows, table):
        options = {"keyspace": self._settings.keyspace, "table": table, "writetime": "written_at"}
        rows.write.format("org.apache.spark.sql.cassandra").options(**options).mode("append").save()


def start_queries(spark, settings, report):
    """Starts the queries; a query that was there before goes on where it was."""
    partitions = partitions_of(settings)

    def start(name, rows, writer, folder):
        # Each query has its share of the cores: one that catches up does not hold up the others.
        spark.sparkContext.setLocalProperty("spark.scheduler.pool", name)
        query = (
            rows.writeStream.queryName(name)
            .outputMode("update")
            .option("checkpointLocation", f"{settings.checkpoint.rstrip('/')}/{folder}")
            .trigger(processingTime=f"{settings.trigger_seconds} seconds")
            .foreachBatch(writer)
            .start()
        )
        return query

    kept = {table: (table, lambda batch, table=table: rows_of(table, batch)) for table in TABLES.values()}
    kept["dead_letters"] = ("dead_letters", lambda batch: rows_of("dead_letters", batch))
    series = {one: (table, lambda batch, one=one: rows_of_series(one, batch)) for one, table in SERIES.items()}

    def writer(name, part, tables):
        return Writer(spark, settings, report, name, part, tables)

    queries = []
    if "events" in settings.queries:
        records = observed(read_records(with_time(whole_topic(spark, settings))), tells=True)
        queries.append(start("events", records, writer("events", "target", kept), "events"))
    if "windows" in settings.queries:
        counts = counted(on_time(each_partition(spark, settings, partitions), observed))
        # A checkpoint knows its sources by their number: with another number of partitions it counts anew.
        queries.append(start("windows", counts, writer("windows", "series", series), f"windows-{partitions}"))
    return queries


def finish(spark, queries, seconds):
    """Stops each query between two batches, and within some seconds in any case. Returns whether none was cut off."""
    # That a batch was not begun is no error, and Spark would print it as one.
    spark.sparkContext.setLogLevel("OFF")
    Writer.ending.set()
    deadline = time.monotonic() + seconds
    left = list(queries)
    while left:
        late = time.monotonic() > deadline
        for query in list(left):
            if late or not query.isActive or not query.status["isTriggerActive"]:
                query.stop()
                left.remove(query)
                error = query.exception()
                if error is not None and Ending.__name__ not in str(error):
                    log("error", "a query ended", query=query.name, error=str(error))
        time.sleep(0.05)
    return time.monotonic() <= deadline


def main():
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    sessions = []

    def session():
        if not sessions:
            sessions.append(connect(settings))
        return sessions[0]

    report = Report(settings.queries, settings.stall_seconds, session)
    serve_health(settings, report)
    spark = open_session(settings)
    queries = start_queries(spark, settings, report)
    log("info", "started", queries=settings.queries)
    while not stop.wait(0.5):
        for query in queries:
            report.look(query)
            if not query.isActive:
                log("error", "a query ended", query=query.name, error=str(query.exception()))
                return 1
    log("info", "asked to end: the batches under way are finished")
    whole = finish(spark, queries, settings.stop_seconds)
    spark.stop()
    log("info", "ended", whole=whole)
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # Threads of the drivers, and the JVM, end with the process.
    os._exit(status)
