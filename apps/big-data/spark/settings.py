"""The settings of the query, from the environment."""

import re
from dataclasses import dataclass


class SettingsError(Exception):
    """Every mistake in the environment, one a line."""


@dataclass(frozen=True)
class Settings:
    kafka: str
    topic: str
    cassandra_host: str
    cassandra_port: int
    datacenter: str
    keyspace: str
    user: str
    password: str
    #: A folder of any file system that Spark knows; each query has one of its own in it.
    checkpoint: str
    metrics_host: str
    metrics_port: int
    #: Which of the queries run here.
    queries: tuple
    #: Records of all partitions together that a batch reads at most.
    max_offsets: int
    #: A new batch begins so many seconds after the one before began, at the earliest.
    trigger_seconds: int
    #: How long the batches under way may take after SIGTERM; below the pod's grace.
    stop_seconds: int
    #: A query that has said nothing for so long is dead.
    stall_seconds: int


_NAMES = {
    "kafka": ("KAFKA_BOOTSTRAP_SERVERS", None),
    "topic": ("KAFKA_TOPIC", None),
    "cassandra_host": ("CASSANDRA_HOST", None),
    "cassandra_port": ("CASSANDRA_PORT", "9042"),
    "datacenter": ("CASSANDRA_DATACENTER", "dc1"),
    "keyspace": ("CASSANDRA_KEYSPACE", None),
    "user": ("CASSANDRA_USER", None),
    "password": ("CASSANDRA_PASSWORD", None),
    "checkpoint": ("CHECKPOINT_LOCATION", None),
    "queries": ("QUERIES", "events,windows"),
    "max_offsets": ("MAX_OFFSETS_PER_TRIGGER", "20000"),
    "trigger_seconds": ("TRIGGER_SECONDS", "2"),
    "stop_seconds": ("STOP_SECONDS", "90"),
    "stall_seconds": ("STALL_SECONDS", "600"),
}
_NUMBERS = {"cassandra_port", "max_offsets", "trigger_seconds", "stop_seconds", "stall_seconds"}


def read_settings(env):
    """Reads the settings; a variable that is empty counts as one that is not there.

    Raises SettingsError that lists every mistake at once.
    """
    values, mistakes = {}, []
    for key, (name, fallback) in _NAMES.items():
        text = env.get(name) or fallback
        if text is None:
            mistakes.append(f"{name} is not set")
        elif key in _NUMBERS and not re.fullmatch(r"[1-9]\d{0,8}", text):
            mistakes.append(f"{name} is '{text}': it takes a whole number from 1")
        else:
            values[key] = int(text) if key in _NUMBERS else text
    checkpoint = values.get("checkpoint")
    if checkpoint is not None and not re.match(r"[a-z0-9]+:/", checkpoint):
        mistakes.append(f"CHECKPOINT_LOCATION is '{checkpoint}': it takes a URI, such as file:///checkpoints")
    if not re.fullmatch(r"events|windows|events,windows", values["queries"]):
        mistakes.append(f"QUERIES is '{values['queries']}': it takes events, windows, or events,windows")
    values["queries"] = tuple(values["queries"].split(","))
    address = env.get("METRICS_ADDRESS") or ":9090"
    host, _, port = address.rpartition(":")
    if port.isdigit():
        values["metrics_host"], values["metrics_port"] = host or "0.0.0.0", int(port)
    else:
        mistakes.append(f"METRICS_ADDRESS is '{address}': it takes an address and a port, such as :9090")
    if mistakes:
        raise SettingsError("\n".join(["the environment is not right:"] + [f"  {one}" for one in mistakes]))
    return Settings(**values)
