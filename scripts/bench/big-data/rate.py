"""Spark's own source of rows into the table `views`, batch after batch: what Cassandra takes, with nothing to read.

Prints a line of JSON a batch: its rows and its milliseconds.
"""

import json
import os
import sys

sys.path.insert(0, "apps/big-data/spark")

from pyspark.sql import functions as F  # noqa: E402
from settings import read_settings  # noqa: E402
from streaming import open_session  # noqa: E402

ROWS, BATCHES = int(os.environ["RATE_ROWS"]), int(os.environ["RATE_BATCHES"])


def uuid(seed):
    text = F.md5(F.concat(F.lit(seed), F.col("value").cast("string")))
    parts = [F.substring(text, begin, length) for begin, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
    return F.concat_ws("-", *parts)


def main():
    settings = read_settings(os.environ)
    spark = open_session(settings)
    rate = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", ROWS).load()
    # Of a day and hours like those of the events that it is compared with.
    at = F.timestamp_micros(F.lit(1_772_366_400_000_000) + (F.col("value") % 3_600_000) * 1000)
    rows = rate.select(
        F.date_trunc("hour", at).alias("hour"),
        (F.col("value") % 8).cast("int").alias("bucket"),
        at.alias("occurred_at"),
        uuid("event").alias("event_id"),
        uuid("session").alias("session_id"),
        uuid("visitor").alias("visitor_id"),
        F.lit("kettle-01").alias("product_id"),
        F.lit("kitchen").alias("category"),
        F.unix_micros(at).alias("written_at"),
    )
    options = {"keyspace": settings.keyspace, "table": "views", "writetime": "written_at"}

    def write(batch, _):
        batch = batch.coalesce(spark.sparkContext.defaultParallelism)
        batch.write.format("org.apache.spark.sql.cassandra").options(**options).mode("append").save()

    query = rows.writeStream.option("checkpointLocation", settings.checkpoint).foreachBatch(write).start()
    told = -1
    while told < BATCHES - 1:
        if not query.isActive:
            raise RuntimeError(str(query.exception()))
        for progress in query.recentProgress:
            if progress["batchId"] > told:
                told = progress["batchId"]
                print(json.dumps({"rows": ROWS, "milliseconds": progress["durationMs"]["triggerExecution"]}), flush=True)
    os._exit(0)


main()
