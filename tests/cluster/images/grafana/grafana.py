"""Stands for Grafana in the pods of the cluster's tests: what the pod provisions is read from the same files, questions
go to the same Cassandra by the same login, answers have the shape of Grafana's own API. No page is drawn."""

import base64
import glob
import hmac
import json
import os
import string
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster

PROVISIONING = "/etc/grafana/provisioning"


def provisioned(kind):
    """What the files of a folder hold, with the container's variables in place."""
    for path in sorted(glob.glob(f"{PROVISIONING}/{kind}/*.yaml")):
        with open(path, encoding="utf-8") as file:
            yield yaml.safe_load(string.Template(file.read()).substitute(os.environ))


def read_dashboards():
    found = {}
    for content in provisioned("dashboards"):
        for provider in content["providers"]:
            for path in sorted(glob.glob(f"{provider['options']['path']}/*.json")):
                with open(path, encoding="utf-8") as file:
                    dashboard = json.load(file)
                found[dashboard["uid"]] = dashboard
    return found


SOURCES = {source["uid"]: source for content in provisioned("datasources") for source in content["datasources"]}
DASHBOARDS = read_dashboards()
with open(os.environ["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"], encoding="utf-8") as home:
    HOME = json.load(home)["uid"]
LOGIN = f"{os.environ['GF_SECURITY_ADMIN_USER']}:{os.environ['GF_SECURITY_ADMIN_PASSWORD']}"


def ask(source, statement):
    """The rows of a statement, by a connection of its own."""
    host, port = source["url"].split(":")
    settings = source["jsonData"]
    login = PlainTextAuthProvider(settings["user"], source["secureJsonData"]["password"])
    with Cluster([host], port=int(port), auth_provider=login, connect_timeout=settings["timeout"]) as cluster:
        rows = cluster.connect(settings["keyspace"]).execute(statement, timeout=settings["timeout"])
        return rows.column_names, [list(row) for row in rows]


class Handler(BaseHTTPRequestHandler):
    """Health for anyone, all else for the administrator of the Secret."""

    def log_message(self, format, *args):
        pass

    def answer(self, status, body):
        content = json.dumps(body, default=str).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def known(self):
        given = self.headers.get("authorization", "").removeprefix("Basic ")
        if hmac.compare_digest(given.encode(), base64.b64encode(LOGIN.encode())):
            return True
        self.answer(401, {"message": "Unauthorized"})
        return False

    def do_GET(self):
        if self.path == "/api/health":
            self.answer(200, {"database": "ok"})
        elif not self.known():
            return
        elif self.path == "/api/search":
            self.answer(200, [{"uid": uid, "title": one["title"]} for uid, one in DASHBOARDS.items()])
        elif self.path == "/api/dashboards/home":
            self.answer(200, {"dashboard": DASHBOARDS[HOME]})
        elif self.path.startswith("/api/dashboards/uid/"):
            dashboard = DASHBOARDS.get(self.path.rsplit("/", 1)[1])
            self.answer(404 if dashboard is None else 200, {"dashboard": dashboard})
        else:
            self.answer(404, {"message": "Not found"})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self.known():
            return
        if self.path != "/api/ds/query":
            self.answer(404, {"message": "Not found"})
            return
        results = {}
        for query in asked["queries"]:
            source = SOURCES[query["datasource"]["uid"]]
            # The plugin's own two macros.
            statement = query["target"].replace("$__timeFrom", asked["from"]).replace("$__timeTo", asked["to"])
            try:
                names, rows = ask(source, statement)
                fields = [{"name": name} for name in names]
                columns = [[row[index] for row in rows] for index in range(len(names))]
                results[query["refId"]] = {"frames": [{"schema": {"fields": fields}, "data": {"values": columns}}]}
            except Exception as error:  # as Grafana: the panel shows it
                results[query["refId"]] = {"error": str(error), "frames": []}
        self.answer(200, {"results": results})


ThreadingHTTPServer(("", 3000), Handler).serve_forever()
