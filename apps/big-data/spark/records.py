"""Reads the records of the topic: each is an event of the storefront, or a dead letter that says why.

The forms are those of apps/big-data/event/schema.ts: the gateway refuses what is none, so what is dead here came into
the topic past it. A number where a text belongs is taken for its text. A member that is not known is left alone: a gateway
may be newer than this.
"""

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
_CURRENCY = r"^[A-Z]{3}\z"
_CENTS = 10_000_000_000
#: The texts of each event and their forms.
_FORMS = {
    "session": [
        ("country", r"^[A-Z]{2}\z"),
        ("device", r"^(desktop|mobile|tablet)\z"),
        ("source", r"^(direct|search|email|social|advert)\z"),
    ],
    "view": [("product", _WORD), ("category", _WORD)],
    "cart": [("action", r"^(add|remove)\z"), ("product", _WORD), ("category", _WORD), ("currency", _CURRENCY)],
    "purchase": [("order", _UUID), ("currency", _CURRENCY)],
}


def with_time(records):
    """The records of Kafka's source with `occurred_at`, when their event happened: null where no such time stands there."""
    return records.withColumn("occurred_at", _time(F.get_json_object(F.col("value").cast("string"), "$.occurredAt")))


def read_records(records):
    """What `with_time` gives, as rows.

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
        "occurred_at",
        F.substring(text, 1, KEPT).alias("payload"),
        F.from_json(text, _EVENT, options).alias("e"),
    )
    timed = parsed.withColumn("received_at", _time(F.col("e.receivedAt")))
    faulted = timed.withColumn("fault", F.coalesce(*_faults()))
    dead = F.col("fault").isNotNull()
    table = F.coalesce(*[F.when(F.col("e.type") == kind, F.lit(table)) for kind, table in TABLES.items()])
    return faulted.select(
        "topic",
        "topic_partition",
        "topic_offset",
        "recorded_at",
        "payload",
        "e",
        "occurred_at",
        F.substring_index("fault", " ", 1).alias("reason"),
        F.expr("substring(fault, instr(fault, ' ') + 1)").alias("detail"),
        F.when(dead, "dead_letters").otherwise(table).alias("target"),
        (~dead & (F.col("occurred_at") < F.col("received_at") - F.expr(f"INTERVAL {LATE}"))).alias("late"),
    )


def items_of(event):
    """How many things a purchase is of."""
    return _sum_of_lines(event["lines"], lambda line: line["quantity"])


def _sum_of_lines(lines, amount):
    """The sum of an amount of each line of a purchase."""
    return F.aggregate(lines, F.lit(0).cast("long"), lambda sum, line: sum + amount(line))


def _time(text):
    return F.when(text.rlike(_TIME), F.to_timestamp(text))


def _faults():
    """What may be wrong, the first that is so first: each `reason detail`, or null."""
    e = F.col("e")
    unread = e["_unread"].isNotNull() & e["type"].isNull() & e["id"].isNull()
    yield F.when(F.col("payload").isNull() | (F.col("payload") == ""), F.lit("json is empty"))
    yield F.when(unread, F.lit("json cannot be read as a JSON object"))
    yield _unless(e["type"].isin(*TABLES), "type /type is none of session, view, cart, purchase")
    for name in ("id", "session", "customer"):
        yield _field(f"/{name}", e[name].rlike(_UUID))
    yield _field("/occurredAt", F.col("occurred_at").isNotNull())
    yield _field("/receivedAt", F.col("received_at").isNotNull())
    ahead = F.expr(f"INTERVAL {AHEAD}")
    yield F.when(
        F.col("occurred_at") > F.col("received_at") + ahead,
        F.lit("clock /occurredAt is more than five minutes after /receivedAt"),
    )
    yield F.when(
        F.col("received_at") > F.col("recorded_at") + ahead,
        F.lit("clock /receivedAt is more than five minutes after the record's own time"),
    )
    total = _sum_of_lines(e["lines"], lambda line: line["quantity"] * line["priceCents"])
    lines = F.size(e["lines"]).between(1, 100) & F.forall(e["lines"], _is_line)
    for kind, fields in _FORMS.items():
        of_kind = [_field(f"/{name}", e[name].rlike(form)) for name, form in fields]
        if kind == "cart":
            of_kind.append(_field("/quantity", e["quantity"].between(1, 1000)))
            of_kind.append(_field("/priceCents", e["priceCents"].between(0, _CENTS)))
        if kind == "purchase":
            of_kind.append(_field("/amountCents", e["amountCents"].between(0, _CENTS)))
            of_kind.append(_field("/lines", lines))
            of_kind.append(_unless(total == e["amountCents"], "sum /amountCents is not what the lines make"))
        yield F.when(e["type"] == kind, F.coalesce(*of_kind))


def _is_line(line):
    return (
        line["product"].rlike(_WORD)
        & line["category"].rlike(_WORD)
        & line["quantity"].between(1, 1000)
        & line["priceCents"].between(0, _CENTS)
    )


def _unless(right, fault):
    """The fault, unless it is right: what is null is not."""
    return F.when(right, None).otherwise(F.lit(fault))


def _field(pointer, right):
    return _unless(right, f"field {pointer} is missing or not what it takes")
