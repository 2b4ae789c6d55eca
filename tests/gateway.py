"""A gateway to a model, as an operator runs one: a real server on a port of this machine that speaks OpenAI's API."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Gateway:
    """What it was asked, and how it is to answer: `ok`, a status, `slow`, `garbage`, `empty`, `html` or `gone`."""

    url: str = ""
    answers: str = "ok"
    text: str = "Forty-two."
    tokens: Any = 1000  # of the prompt, as it says
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def body(self, model: str) -> tuple[int, str, bytes]:
        if self.answers.isdecimal():
            return int(self.answers), "application/json", b'{"error": {"message": "no"}}'
        if self.answers == "garbage":
            return 200, "application/json", b'{"choices": [{"mess'
        if self.answers == "html":
            return 200, "text/html", b"<h1>It works</h1>"
        choices = [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": self.text}}]
        made: dict[str, Any] = {"id": "c-1", "object": "chat.completion", "created": 1, "model": model}
        made |= {"choices": [] if self.answers == "empty" else choices}
        made |= {"usage": {"prompt_tokens": self.tokens, "completion_tokens": 500, "total_tokens": 1500}}
        return 200, "application/json", json.dumps(made).encode()


@contextmanager
def gateway() -> Iterator[Gateway]:
    told = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append(asked | {"path": self.path})
            told.keys.append(self.headers.get("Authorization", ""))
            if told.answers == "slow":
                told.released.wait(30)
            status, kind, body = told.body(asked["model"])
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield told
    finally:
        told.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
