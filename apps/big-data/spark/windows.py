"""What is counted: by minute what happens, by hour what each product does.

Each row is written anew whenever its window has counted more. Its time of writing is the window's end and a microsecond
for each event that it has counted, so what has counted more wins, in whatever order it is written: a replay, which
counts up from nothing once more, takes nothing back.
"""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from records import AHEAD, read_records, with_time

#: How far behind the newest event of the slowest partition a window is still open: lateness, clocks, and room.
WATERMARK = "30 minutes"


def on_time(sources, observed):
    """The events that windows count, each once: of several sources, the slowest moves the watermark.

    `observed` is given what all sources gave, the late and the dead too, and gives it back.
    """
    # Records are read once for all sources; only their time is needed before. One of a time to come moves no watermark.
    known = F.col("occurred_at") <= F.col("timestamp") + 2 * F.expr(f"INTERVAL {AHEAD}")
    timed = [with_time(source).where(known).withWatermark("occurred_at", WATERMARK) for source in sources]
    # No filter passes what is observed: each would take a copy of all that reads a record with it.
    events = observed(read_records(reduce(DataFrame.union, timed)))
    counted = events.where(~F.col("late") & (F.col("target") != "dead_letters"))
    return counted.select("occurred_at", "e", F.col("e.id").alias("id")).dropDuplicatesWithinWatermark(["id"])


def minutes(events):
    """Counted by minute: `activity` a kind, `purchases` a currency."""

    def measure(series, key, items, cents):
        return F.struct(
            F.lit(series).alias("series"),
            key.alias("key"),
            F.coalesce(items, F.lit(0).cast("long")).alias("items"),
            F.coalesce(cents, F.lit(0).cast("long")).alias("cents"),
        )

    e = F.col("e")
    bought = F.aggregate(e["lines"], F.lit(0).cast("long"), lambda sum, line: sum + line["quantity"])
    nothing = F.lit(None).cast("long")
    activity = measure("activity", e["type"], nothing, nothing)
    purchase = measure("purchases", e["currency"], bought, e["amountCents"])
    measures = F.when(e["type"] == "purchase", F.array(activity, purchase)).otherwise(F.array(activity))
    # Sixteen bytes of a session are held, not its 36 letters.
    session = F.unhex(F.replace(e["session"], F.lit("-"), F.lit("")))
    return (
        events.select("occurred_at", session.alias("session"), F.explode(measures).alias("m"))
        .groupBy(F.window("occurred_at", "1 minute"), "m.series", "m.key")
        .agg(
            F.count("*").alias("events"),
            F.size(F.collect_set("session")).cast("long").alias("sessions"),
            F.sum("m.items").alias("items"),
            F.sum("m.cents").alias("cents"),
        )
        .select(
            *["series", "key", "events", "sessions", "items", "cents"],
            F.col("window.start").alias("minute"),
            F.trunc(F.to_date("window.start"), "month").alias("month"),
            _written_at(F.col("events")),
        )
    )


def rows_of_minutes(table, batch):
    if table == "activity_by_minute":
        columns = [F.col("key").alias("kind"), "month", "minute", "events", "sessions", "written_at"]
        return batch.where(F.col("series") == "activity").select(*columns)
    return batch.where(F.col("series") == "purchases").select(
        F.col("key").alias("currency"),
        *["month", "minute", F.col("events").alias("orders"), "items"],
        F.col("cents").alias("revenue_cents"),
        "written_at",
    )


def products(events):
    """Counted by hour, a product: views, additions to a cart, lines of orders."""
    e = F.col("e")

    def line(product, category, kind):
        return F.struct(product.alias("product_id"), category.alias("category"), F.lit(kind).alias("kind"))

    lines = (
        F.when(e["type"] == "view", F.array(line(e["product"], e["category"], "view")))
        .when(
            (e["type"] == "cart") & (e["action"] == "add"), F.array(line(e["product"], e["category"], "cart"))
        )
        .when(
            e["type"] == "purchase",
            F.transform(e["lines"], lambda one: line(one["product"], one["category"], "purchase")),
        )
    )
    number = lambda kind: F.count(F.when(F.col("p.kind") == kind, 1))  # noqa: E731
    return (
        events.select("occurred_at", F.explode(lines).alias("p"))
        .groupBy(F.window("occurred_at", "1 hour"), "p.product_id")
        .agg(
            F.max("p.category").alias("category"),
            number("view").alias("views"),
            number("cart").alias("cart_adds"),
            number("purchase").alias("purchases"),
        )
        .select(
            F.col("window.start").alias("hour"),
            *["product_id", "category", "views", "cart_adds", "purchases"],
            _written_at(F.col("views") + F.col("cart_adds") + F.col("purchases")),
        )
    )


def _written_at(counted):
    return (F.unix_micros(F.col("window.end")) + counted).alias("written_at")
