"""Cassandra from Python: for what is no work for Spark."""

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import DCAwareRoundRobinPolicy


def connect(settings):
    """A session of the keyspace. Raises what the driver raises within some seconds when nobody answers."""
    profile = ExecutionProfile(
        load_balancing_policy=DCAwareRoundRobinPolicy(local_dc=settings.datacenter),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        request_timeout=10,
    )
    cluster = Cluster(
        [settings.cassandra_host],
        port=settings.cassandra_port,
        auth_provider=PlainTextAuthProvider(settings.user, settings.password),
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        connect_timeout=10,
        control_connection_timeout=10,
    )
    try:
        return cluster.connect(settings.keyspace)
    except Exception:
        cluster.shutdown()
        raise
