"""A client that keeps a server busy: several connections at once, and little work of its own for each answer."""

import socket
from collections.abc import Sequence

LINES = 8


def posting(path: str, body: bytes, **headers: str) -> bytes:
    """A POST of JSON as it goes over the line."""
    said = {"Host": "testserver", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


class Lines:
    """Connections to one port of this machine, kept open."""

    def __init__(self, port: int) -> None:
        self._lines = [socket.create_connection(("127.0.0.1", port), timeout=120) for _ in range(LINES)]
        for line in self._lines:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, requests: Sequence[bytes]) -> list[bytes]:
        """The bodies of the answers to `requests`, as many at a time as there are connections.

        Raises:
            RuntimeError: an answer is not 200.
        """
        found = []
        for start in range(0, len(requests), LINES):
            some = list(zip(self._lines, requests[start : start + LINES], strict=False))
            for line, request in some:
                line.sendall(request)
            found += [_body(line) for line, _ in some]
        return found

    def close(self) -> None:
        for line in self._lines:
            line.close()


def _body(line: socket.socket) -> bytes:
    taken = line.recv(65_536)
    while b"\r\n\r\n" not in taken:
        taken += _more(line)
    head, _, body = taken.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(taken[:500])
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    pieces, left = [body], length - len(body)
    while left > 0:
        pieces.append(_more(line))
        left -= len(pieces[-1])
    return b"".join(pieces)


def _more(line: socket.socket) -> bytes:
    piece = line.recv(262_144)
    if not piece:
        raise RuntimeError("The server hung up.")
    return piece
