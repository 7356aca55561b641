"""/livez, /readyz and /metrics."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def serve_health(settings, report):
    """Answers until the process ends. Raises OSError where the address cannot be had."""

    class Handler(BaseHTTPRequestHandler):
        # Whoever never ends its request holds a thread for so long.
        timeout = 5

        def do_GET(self):
            path = self.path.split("?")[0]
            if path == "/metrics":
                self._answer(200, generate_latest(report.registry), CONTENT_TYPE_LATEST)
            elif path in ("/livez", "/readyz"):
                why = report.dead() or (report.not_ready() if path == "/readyz" else None)
                self._answer(503 if why else 200, f"{why or 'ok'}\n".encode())
            else:
                self._answer(404, b"there are /livez, /readyz and /metrics\n")

        def _answer(self, status, body, kind="text/plain"):
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((settings.metrics_host, settings.metrics_port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
