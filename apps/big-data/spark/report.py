"""What the queries did: metrics, a row of the table `batches` for each batch, and whether they still live."""

import json
import threading
import time
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from log import log

_BATCH = (
    "INSERT INTO batches (query, month, started_at, batch_id, duration_ms, rows_read, rows_written, rows_late, rows_dead,"
    " lag) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


class Report:
    def __init__(self, names, stall_seconds, session):
        """`session` gives a session of the keyspace, when there is a batch to note."""
        self._names, self._stall, self._session = names, stall_seconds, session
        self._lock = threading.Lock()
        #: When each query last said that it lives; none has at first, and starting takes its time.
        self._heard = {name: time.monotonic() for name in names}
        self._begun = set()
        self._told = {}
        self._waiting = set()
        self._written = {}
        self.registry = CollectorRegistry()

        def counter(name, text, labels=("query",)):
            return Counter(f"storefront_{name}", text, labels, registry=self.registry)

        def gauge(name, text):
            return Gauge(f"storefront_{name}", text, ("query",), registry=self.registry)

        self._batches = counter("batches", "Batches that are done and in the checkpoint")
        self._read = counter("rows_read", "Records of the topic that were read")
        self._rows = counter("rows_written", "Rows that Cassandra acknowledged", ("query", "table"))
        self._late = counter("rows_late", "Events that came too late for their window")
        self._dead = counter("rows_dead", "Records that were no events")
        self._dropped = counter(
            "rows_behind_watermark", "Rows that were not late and came behind the watermark all the same: lost to windows"
        )
        self._lag = gauge("lag_records", "Records of the topic that are not read yet")
        self._watermark = gauge("watermark_seconds", "The watermark, in seconds since 1970")
        self._state = gauge("state_rows", "Rows that the query's state holds")
        self._seconds = Histogram(
            "storefront_batch_seconds",
            "Seconds from a batch's begin to its place in the checkpoint",
            ("query",),
            buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600),
            registry=self.registry,
        )
        self._unnoted = Counter(
            "storefront_batches_unnoted", "Rows of the table batches that could not be written", registry=self.registry
        )
        for name in names:
            for one in (self._batches, self._read, self._late, self._dead, self._dropped):
                one.labels(name).inc(0)

    def wrote(self, query, batch, table, rows):
        """Notes rows that were acknowledged, before the batch is in the checkpoint."""
        self._rows.labels(query, table).inc(rows)
        with self._lock:
            of_batch = self._written.setdefault(query, {})
            of_batch[batch] = of_batch.get(batch, 0) + rows

    def dead(self):
        """Why the process is of no use any more, or None."""
        now = time.monotonic()
        for name, heard in self._heard.items():
            if now - heard > self._stall:
                return f"{name} has finished no batch, nor found that there is none, for {round(now - heard)} s"
        return None

    def not_ready(self):
        """Why it is not ready, or None: each query has been through the topic's offsets once."""
        waits = [name for name in self._names if name not in self._begun]
        return f"not begun yet: {', '.join(waits)}" if waits else None

    def look(self, query):
        """Takes what a query has done since the last look, and tells it. To be called more often than a batch may end.

        A listener would be told; of each batch it would get hundreds of values one by one, at a second of CPU.
        """
        last = query.lastProgress
        if last is not None and last["batchId"] != self._told.get(query.name, -1):
            missed = last["batchId"] - self._told.get(query.name, last["batchId"] - 1) > 1
            for told in query.recentProgress if missed else [last]:
                if told["batchId"] > self._told.get(query.name, -1) and "addBatch" in told["durationMs"]:
                    self._told[query.name] = told["batchId"]
                    self._progress(told)
        status = query.status
        waits = status["message"].startswith("Waiting for") and not status["isDataAvailable"]
        # Once may be between a batch that was done again after a restart, which asked for no data, and the next.
        if waits and query.name in self._waiting:
            self._hear(query.name)
            self._lag.labels(query.name).set(0)
        (self._waiting.add if waits else self._waiting.discard)(query.name)

    def _hear(self, name):
        self._heard[name] = time.monotonic()
        self._begun.add(name)

    def _progress(self, told):
        name, batch = told["name"], told["batchId"]
        self._hear(name)
        lag = _lag(told["sources"])
        if lag is not None:
            self._lag.labels(name).set(lag)
        watermark = told.get("eventTime", {}).get("watermark")
        if watermark is not None:
            self._watermark.labels(name).set(_time(watermark).timestamp())
        operators = told.get("stateOperators", [])
        self._state.labels(name).set(sum(one["numRowsTotal"] for one in operators))
        dropped = sum(one["numRowsDroppedByWatermark"] for one in operators)
        self._dropped.labels(name).inc(dropped)
        seen = {"rows": 0, "late": 0, "dead": 0}
        for observed in told.get("observedMetrics", {}).values():
            for key in seen:
                seen[key] += observed.get(key) or 0
        milliseconds = told["durationMs"]["triggerExecution"]
        self._batches.labels(name).inc()
        self._seconds.labels(name).observe(milliseconds / 1000)
        for metric, key in ((self._read, "rows"), (self._late, "late"), (self._dead, "dead")):
            metric.labels(name).inc(seen[key])
        with self._lock:
            written = self._written.get(name, {}).pop(batch, 0)
        if seen["rows"] == 0 and written == 0:
            return
        counts = {"read": seen["rows"], "written": written, "late": seen["late"], "dead": seen["dead"], "lag": lag}
        log("info", "batch", query=name, batch=batch, milliseconds=milliseconds, **counts, steps=told["durationMs"])
        started = _time(told["timestamp"])
        late = seen["late"] + dropped
        row = (name, started.date().replace(day=1), started, batch, milliseconds)
        self._note((*row, seen["rows"], written, late, seen["dead"], lag))

    def _note(self, row):
        try:
            self._session().execute(_BATCH, row, timeout=10)
        except Exception as error:
            self._unnoted.inc()
            log("warn", "a batch is done, and could not be noted in the table batches", error=repr(error))


def _lag(sources):
    """Records that were there and not read, or None: a batch that is done once more after a restart asked for none."""
    if any(source.get("latestOffset") is None for source in sources):
        return None
    lag = 0
    for source in sources:
        end, latest = _offsets(source["endOffset"]), _offsets(source["latestOffset"])
        lag += sum(max(0, latest.get(place, at) - at) for place, at in end.items())
    return lag


def _offsets(value):
    """Offsets by topic and partition, of JSON that may be a text or read already."""
    value = json.loads(value) if isinstance(value, str) else value or {}
    return {(topic, partition): at for topic, all in value.items() for partition, at in all.items()}


def _time(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
