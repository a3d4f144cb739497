"""A chat server over real HTTP on a free port of this machine: it answers, fails, hangs or breaks off as a test says."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "sk-canary-2718281828"


class Handler(BaseHTTPRequestHandler):
    """One connection; `chat` is the server that it belongs to."""

    protocol_version = "HTTP/1.1"
    chat: "ChatServer"

    def do_GET(self) -> None:
        self.chat.keys.append(self.headers["Authorization"])
        self.reply(*(self.chat.listing if self.path == "/v1/models" else (404, {"error": {"message": "no such path"}})))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.chat.requests.append(body)
        self.chat.keys.append(self.headers["Authorization"])
        act = self.chat.queued.pop(0) if self.chat.queued else said("One", " two", " three.")
        try:
            act(self, body)
        except OSError:  # the client hung up
            self.chat.hung_up.set()
            self.close_connection = True

    def reply(self, status: int, content: object, **headers: str) -> None:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def event(self, content: object) -> None:
        raw = f"data: {content if isinstance(content, str) else json.dumps(content)}\n\n".encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        self.wfile.flush()

    def end(self) -> None:
        self.event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        pass


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a connection that the client reset


Act = Callable[[Handler, dict[str, Any]], None]


class ChatServer:
    """What was asked of it, and what it does next."""

    def __init__(self) -> None:
        self.queued: list[Act] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.listing: tuple[int, object] = (200, {"object": "list", "data": [{"id": "m", "object": "model"}]})
        self.hung_up = threading.Event()
        """Set when a client went away in the middle of an answer."""
        self.closing = threading.Event()
        handler = type("Bound", (Handler,), {"chat": self})
        self.http = _Http(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"


@contextmanager
def serving() -> Iterator[ChatServer]:
    chat = ChatServer()
    thread = threading.Thread(target=chat.http.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield chat
    finally:
        chat.closing.set()
        chat.http.shutdown()
        thread.join()
        chat.http.server_close()


def part(text: str | None = None, *, finish: str | None = None, logprob: float | None = None) -> dict[str, Any]:
    """A part of a streamed completion."""
    choice: dict[str, Any] = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    if logprob is not None:
        choice["logprobs"] = {"content": [{"token": text, "logprob": logprob, "top_logprobs": []}]}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def usage(prompt: int, answer: int, cached: int = 0) -> dict[str, Any]:
    """The last part, which counts."""
    counts = {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
    return part() | {"choices": [], "usage": counts | {"prompt_tokens_details": {"cached_tokens": cached}}}


def said(*pieces: str, pause: float = 0.0, counts: bool = True) -> Act:
    """A whole answer, piece by piece, as a server gives it that can do what it is asked."""

    def act(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        for piece in pieces:
            handler.event(part(piece, logprob=-0.25 if body.get("logprobs") else None))
            if pause:
                handler.chat.closing.wait(pause)
        handler.event(part(finish="stop"))
        if counts and body.get("stream_options"):
            handler.event(usage(20, len(pieces), 5))
        handler.end()

    return act


def endless(pause: float = 0.02) -> Act:
    """Words for ever, until the client hangs up."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin()
        number = 0
        while not handler.chat.closing.wait(pause):
            handler.event(part(f"word{number} "))
            number += 1

    return act


def stuck(*pieces: str) -> Act:
    """A beginning, or nothing at all, then silence until the client hangs up."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        if pieces:
            handler.begin()
        for piece in pieces:
            handler.event(part(piece))
        handler.connection.settimeout(0.05)
        while not handler.chat.closing.is_set():
            try:
                if not handler.connection.recv(1):
                    raise ConnectionResetError
            except TimeoutError:
                continue
        handler.close_connection = True

    return act


def refused(status: int, message: str = "no", **headers: str) -> Act:
    """An error of the interface."""
    return lambda handler, _: handler.reply(status, {"error": {"message": message, "code": status}}, **headers)


def sent(content: bytes, kind: str = "application/json") -> Act:
    """Bytes that are no stream."""
    return lambda handler, _: handler.reply(200, content, Content_Type=kind)


def streamed(*events: object) -> Act:
    """These events, then the end."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin()
        for event in events:
            handler.event(event)
        handler.end()

    return act


def broken(*pieces: str) -> Act:
    """A beginning, then a closed connection."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin()
        for piece in pieces:
            handler.event(part(piece))
        handler.close_connection = True

    return act
