"""The rows of the tables that keep the events, and of what could not be read: base/big-data/cassandra-init/init.cql.

A row's key and its time of writing come from the event alone, so that a second writing of it changes nothing.
"""

from pyspark.sql import functions as F
from records import items_of

#: Spreads the rows of an hour over so many partitions.
BUCKETS = 8


def _kept():
    return [
        F.date_trunc("hour", "occurred_at").alias("hour"),
        (F.crc32(F.lower("e.session")) % BUCKETS).cast("int").alias("bucket"),
        F.col("e.session").alias("session_id"),
        F.col("e.customer").alias("visitor_id"),
        F.unix_micros("occurred_at").alias("written_at"),
    ]


def _event():
    return [*_kept(), F.col("occurred_at"), F.col("e.id").alias("event_id")]


def rows_of(table, batch):
    """The rows of one table in a batch of `read_records`, with `written_at` in microseconds."""
    mine = batch.where(F.col("target") == table)
    if table == "sessions":
        return mine.select(
            *_kept(), F.col("occurred_at").alias("started_at"), "e.country", "e.device", "e.source"
        )
    if table == "views":
        return mine.select(*_event(), F.col("e.product").alias("product_id"), "e.category")
    if table == "carts":
        return mine.select(
            *_event(),
            F.col("e.product").alias("product_id"),
            "e.action",
            F.col("e.quantity").cast("int").alias("quantity"),
            F.col("e.priceCents").alias("price_cents"),
            "e.currency",
        )
    if table == "purchases":
        return mine.select(
            *_event(),
            F.col("e.order").alias("order_id"),
            items_of(F.col("e")).cast("int").alias("items"),
            F.col("e.amountCents").alias("amount_cents"),
            "e.currency",
        )
    if table == "dead_letters":
        return mine.select(
            F.date_trunc("hour", "recorded_at").alias("hour"),
            *["topic_partition", "topic_offset", "topic", "recorded_at", "reason", "detail", "payload"],
            F.unix_micros("recorded_at").alias("written_at"),
        )
    raise ValueError(f"no table {table}")
