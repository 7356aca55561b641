"""What is counted: by minute what happens, by hour what each product does.

Each row is written anew whenever its window has counted more. Its time of writing is the window's end and a microsecond
for each event that it has counted, so what has counted more wins, in whatever order it is written: a replay, which
counts up from nothing once more, takes nothing back.
"""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from records import AHEAD, items_of, read_records, with_time

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
    return counted.select("occurred_at", "e", F.lower("e.id").alias("id")).dropDuplicatesWithinWatermark(["id"])


def counted(events):
    """What `on_time` gives, counted: a row for each series, key and window that has counted more.

    `activity` a kind and minute, `purchases` a currency and minute, `products` a product and hour.
    """
    e = F.col("e")
    minute = F.date_trunc("minute", "occurred_at")

    def measure(series, key, at=None, session=None, items=None, cents=None, category=None, kind=None):
        parts = {"series": F.lit(series), "key": key, "minute": at, "session": session, "category": category}
        parts.update({"items": items, "cents": cents, "kind": None if kind is None else F.lit(kind)})
        types = {"minute": "timestamp", "session": "binary", "items": "long", "cents": "long"}
        named = [
            (F.lit(None) if value is None else value).cast(types.get(name, "string")).alias(name)
            for name, value in parts.items()
        ]
        return F.struct(*named)

    def product(product, category, kind):
        return measure("products", product, category=category, kind=kind)

    # Sixteen bytes of a session are held, not its 36 letters.
    session = F.unhex(F.replace(e["session"], F.lit("-"), F.lit("")))
    activity = measure("activity", e["type"], minute, session)
    purchase = measure("purchases", e["currency"], minute, None, items_of(e), e["amountCents"])
    lines = F.transform(e["lines"], lambda line: product(line["product"], line["category"], "purchase"))
    measures = (
        F.when(e["type"] == "view", F.array(activity, product(e["product"], e["category"], "view")))
        .when(
            (e["type"] == "cart") & (e["action"] == "add"),
            F.array(activity, product(e["product"], e["category"], "cart")),
        )
        .when(e["type"] == "purchase", F.concat(F.array(activity, purchase), lines))
        .otherwise(F.array(activity))
    )

    def number(kind):
        return F.count(F.when(F.col("m.kind") == kind, 1))

    counts = (
        events.select("occurred_at", F.explode(measures).alias("m"))
        # The hour is what the watermark closes; a minute's row is one of its hour's.
        .groupBy(F.window("occurred_at", "1 hour"), "m.series", "m.key", "m.minute")
        .agg(
            F.count("*").alias("events"),
            F.size(F.collect_set("m.session")).cast("long").alias("sessions"),
            F.sum("m.items").alias("items"),
            F.sum("m.cents").alias("cents"),
            F.max("m.category").alias("category"),
            number("view").alias("views"),
            number("cart").alias("cart_adds"),
            number("purchase").alias("purchases"),
        )
    )
    end = F.coalesce(F.col("minute") + F.expr("INTERVAL 1 MINUTE"), F.col("window.end"))
    return counts.withColumn("written_at", F.unix_micros(end) + F.col("events"))


#: The table of each series.
SERIES = {"activity": "activity_by_minute", "purchases": "purchases_by_minute", "products": "products_by_hour"}


def rows_of_series(series, batch):
    """The rows of one table in a batch of `counted`."""
    mine = batch.where(F.col("series") == series)
    month = F.trunc(F.to_date("minute"), "month").alias("month")
    if series == "activity":
        return mine.select(F.col("key").alias("kind"), month, "minute", "events", "sessions", "written_at")
    if series == "purchases":
        orders, revenue = F.col("events").alias("orders"), F.col("cents").alias("revenue_cents")
        return mine.select(F.col("key").alias("currency"), month, "minute", orders, "items", revenue, "written_at")
    key = [F.col("window.start").alias("hour"), F.col("key").alias("product_id")]
    return mine.select(*key, "category", "views", "cart_adds", "purchases", "written_at")
