"""Lines of JSON, as the other workers of the repository write them."""

import json
import sys
from datetime import datetime, timezone


def log(level, message, **fields):
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"level": level, "time": time, "worker": "spark-streaming", **fields, "msg": message}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
