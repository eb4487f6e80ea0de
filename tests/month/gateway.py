"""``python -m tests.month.gateway LOG SEED``: a message gateway that is not always well.

It prints the port it listens on, and notes each delivery it has answered, or begun to answer, as
a line ``KEY ANSWER`` in LOG.
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

WELL, BROKEN, SILENT = "delivered", "broken", "silent"
SILENCE_SECONDS = 2.0


class Gateway(ThreadingHTTPServer):
    """Takes what is posted; now and then it breaks, or takes it and never says so."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, log: Path, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._log = log.open("a", buffering=1, encoding="utf-8")
        self._random = Random(seed)
        self._lock = threading.Lock()

    def answer_to(self, key: str) -> str:
        """How this delivery goes."""
        with self._lock:
            chance = self._random.random()
            answer = BROKEN if chance < 0.02 else SILENT if chance < 0.022 else WELL
            self._log.write(f"{key} {answer}\n")
        return answer

    def handle_error(self, *of: Any) -> None:
        """Keep still about an engine that was killed in the middle of a delivery."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*of)


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answer_to(self.headers["Idempotency-Key"])
        if answer == SILENT:
            threading.Event().wait(SILENCE_SECONDS)
            self.close_connection = True
            return
        body = b'{"id": "g-1"}' if answer == WELL else b"out of order"
        self.send_response(200 if answer == WELL else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """What was delivered is in the log; nothing else need be said."""


if __name__ == "__main__":
    gateway = Gateway(Path(sys.argv[1]), int(sys.argv[2]))
    print(gateway.server_port, flush=True)
    gateway.serve_forever()
