"""Stands for Kafka UI in the pods of the cluster's tests: the cluster of the same variables is asked by a real client, and
answers have the shape of Kafka UI's own API. No page is drawn."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kafka import KafkaAdminClient

NAME = os.environ["KAFKA_CLUSTERS_0_NAME"]
SERVERS = os.environ["KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS"]
READ_ONLY = os.environ["KAFKA_CLUSTERS_0_READONLY"] == "true"
PROBES = os.environ.get("MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED") == "true"


def topics():
    """Every topic with the number of its partitions, as the brokers tell it now."""
    client = KafkaAdminClient(bootstrap_servers=SERVERS, request_timeout_ms=10_000)
    try:
        return [
            {"name": topic["name"], "partitionCount": len(topic["partitions"])} for topic in client.describe_topics()
        ]
    finally:
        client.close()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format, *args):
        pass

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        if self.path in ("/actuator/health/liveness", "/actuator/health/readiness"):
            self.answer(*((200, {"status": "UP"}) if PROBES else (404, {})))
        elif self.path == "/api/clusters":
            self.answer(200, [{"name": NAME, "readOnly": READ_ONLY}])
        elif self.path == f"/api/clusters/{NAME}/topics":
            try:
                self.answer(200, {"topics": topics()})
            except Exception as error:
                self.answer(500, {"message": str(error)})
        else:
            self.answer(404, {})


ThreadingHTTPServer(("", 8080), Handler).serve_forever()
