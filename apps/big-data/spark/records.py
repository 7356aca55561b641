"""Reads the records of the topic: each is an event of the storefront, or a dead letter that says why.

The forms are those of apps/big-data/event/schema.ts: the gateway refuses what is none, so what is dead here came into
the topic past it. A member that is not known is left alone: a gateway may be newer than this.
"""

from functools import reduce

from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, LongType, StringType, StructField, StructType

#: An event that the gateway had later than this after it happened is kept and told, and counted in no window.
#: By the gateway's clock, so that every reading of the topic finds the same events late.
LATE = "10 minutes"
#: How far a clock may be ahead: `mostAhead` of the gateway. One event of a time to come would close every window.
AHEAD = "5 minutes"
#: Characters of a dead letter that are kept: what cannot be read may be as large as a record.
KEPT = 65_536

TABLES = {"session": "sessions", "view": "views", "cart": "carts", "purchase": "purchases"}

_TEXTS = [
    "id", "type", "occurredAt", "receivedAt", "session", "customer", "country", "device", "source",
    "product", "category", "action", "currency", "order",
]  # fmt: skip
_LINE = StructType(
    [StructField(name, StringType()) for name in ("product", "category")]
    + [StructField(name, LongType()) for name in ("quantity", "priceCents")]
)
_EVENT = StructType(
    [StructField(name, StringType()) for name in _TEXTS]
    + [StructField(name, LongType()) for name in ("quantity", "priceCents", "amountCents")]
    + [StructField("lines", ArrayType(_LINE)), StructField("_unread", StringType())]
)

_UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\z"
_TIME = r"^20\d\d-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,3})?Z\z"
_WORD = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z"
_CENTS = 10_000_000_000


def read_records(records):
    """The records of Kafka's source as rows.

    `target` is the table that a row is for, `dead_letters` with `reason` and `detail`; `late` is true for an event that
    no window counts; `e` has the event as it came, `occurred_at` its time.
    """
    text = F.col("value").cast("string")
    # A byte that is no UTF-8 becomes a sign of its own: the record is dead, and shown as it can be.
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_unread"}
    parsed = records.select(
        "topic",
        F.col("partition").alias("topic_partition"),
        F.col("offset").alias("topic_offset"),
        F.col("timestamp").alias("recorded_at"),
        F.substring(text, 1, KEPT).alias("payload"),
        F.from_json(text, _EVENT, options).alias("e"),
    )
    timed = parsed.withColumn("occurred_at", _time("e.occurredAt")).withColumn("received_at", _time("e.receivedAt"))
    fault = F.coalesce(*_faults())
    faulted = timed.withColumn("fault", fault)
    dead = F.col("fault").isNotNull()
    table = reduce(lambda found, kind: found.when(F.col("e.type") == kind, TABLES[kind]), TABLES, F)
    return faulted.select(
        "topic",
        "topic_partition",
        "topic_offset",
        "recorded_at",
        "payload",
        "e",
        "occurred_at",
        F.col("fault.reason").alias("reason"),
        F.col("fault.detail").alias("detail"),
        F.when(dead, "dead_letters").otherwise(table).alias("target"),
        (~dead & (F.col("occurred_at") < F.col("received_at") - F.expr(f"INTERVAL {LATE}"))).alias("late"),
    )


def _time(name):
    return F.when(F.col(name).rlike(_TIME), F.to_timestamp(F.col(name)))


def _faults():
    """What may be wrong, the first that is so first: each a struct, or null."""
    e = F.col("e")
    unread = e["_unread"].isNotNull() & e["type"].isNull() & e["id"].isNull()
    yield _fault("json", "is empty", F.col("payload").isNull() | (F.col("payload") == ""))
    yield _fault("json", "cannot be read as a JSON object", unread)
    yield _fault("type", "/type is none of session, view, cart, purchase", ~_is(e["type"].isin(*TABLES)))
    for name in ("id", "session", "customer"):
        yield _field(f"/{name}", e[name].rlike(_UUID))
    yield _field("/occurredAt", F.col("occurred_at").isNotNull())
    yield _field("/receivedAt", F.col("received_at").isNotNull())
    ahead = F.expr(f"INTERVAL {AHEAD}")
    yield _fault(
        "clock",
        "/occurredAt is more than five minutes after /receivedAt",
        F.col("occurred_at") > F.col("received_at") + ahead,
    )
    yield _fault(
        "clock",
        "/receivedAt is more than five minutes after the record's own time",
        F.col("received_at") > F.col("recorded_at") + ahead,
    )
    word = [("product", _WORD), ("category", _WORD)]
    forms = {
        "session": [
            ("country", r"^[A-Z]{2}\z"),
            ("device", r"^(desktop|mobile|tablet)\z"),
            ("source", r"^(direct|search|email|social|advert)\z"),
        ],
        "view": word,
        "cart": [("action", r"^(add|remove)\z"), *word, ("currency", r"^[A-Z]{3}\z")],
        "purchase": [("order", _UUID), ("currency", r"^[A-Z]{3}\z")],
    }
    for kind, fields in forms.items():
        for name, form in fields:
            yield _field(f"/{name}", e[name].rlike(form), kind)
    yield _field("/quantity", e["quantity"].between(1, 1000), "cart")
    yield _field("/priceCents", e["priceCents"].between(0, _CENTS), "cart")
    yield _field("/amountCents", e["amountCents"].between(0, _CENTS), "purchase")
    lines = F.size(e["lines"]).between(1, 100) & F.forall(e["lines"], _is_line)
    yield _field("/lines", lines, "purchase")
    total = F.aggregate(
        e["lines"], F.lit(0).cast("long"), lambda sum, line: sum + line["quantity"] * line["priceCents"]
    )
    yield _fault(
        "sum", "/amountCents is not what the lines make", (e["type"] == "purchase") & (total != e["amountCents"])
    )


def _is_line(line):
    return _is(
        line["product"].rlike(_WORD)
        & line["category"].rlike(_WORD)
        & line["quantity"].between(1, 1000)
        & line["priceCents"].between(0, _CENTS)
    )


def _is(condition):
    return F.coalesce(condition, F.lit(False))


def _fault(reason, detail, condition):
    return F.when(_is(condition), F.struct(F.lit(reason).alias("reason"), F.lit(detail).alias("detail")))


def _field(pointer, right, kind=None):
    wrong = ~_is(right)
    if kind is not None:
        wrong = (F.col("e.type") == kind) & wrong
    return _fault("field", f"{pointer} is missing or not what it takes", wrong)
