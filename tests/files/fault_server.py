"""A server on this machine that answers as badly as real ones do, request by request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Request(BaseHTTPRequestHandler):
    """One request; the answers of a test write through it."""

    protocol_version = "HTTP/1.1"
    server: FaultServer

    def log_message(self, format, *args):
        return

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.close_connection = True
        answer(self)

    @property
    def begin(self) -> int:
        """The first byte that is asked for."""
        asked = self.headers.get("Range")
        return int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0

    def begin_answer(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


Answer = Callable[[Request], None]


class FaultServer(ThreadingHTTPServer):
    """Gives its `answers` in turn, the last one from then on; `asked` is what it was asked for."""

    daemon_threads = False

    def __init__(self, *answers: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answers, self.asked = list(answers), []
        self.ended = threading.Event()
        """Answers that hang wait for it, so that nothing is left when the test ends."""
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/network.onnx"

    def handle_error(self, request, client_address):
        """A client that went away is what some tests are about."""

    def __enter__(self) -> FaultServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


def whole(data: bytes) -> Answer:
    """All of it, or what is asked for."""

    def answer(request: Request) -> None:
        begin, headers = request.begin, {}
        if begin:
            headers["Content_Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        request.begin_answer(206 if begin else 200, Content_Length=len(data) - begin, **headers)
        request.wfile.write(data[begin:])

    return answer


def cut(data: bytes, after: int) -> Answer:
    """Promises all that is asked for and closes the connection `after` so many bytes."""

    def answer(request: Request) -> None:
        begin = request.begin
        headers = {"Content_Range": f"bytes {begin}-{len(data) - 1}/{len(data)}"} if begin else {}
        request.begin_answer(206 if begin else 200, Content_Length=len(data) - begin, **headers)
        request.wfile.write(data[begin : begin + after])

    return answer


def ignoring_range(data: bytes) -> Answer:
    def answer(request: Request) -> None:
        request.begin_answer(200, Content_Length=len(data))
        request.wfile.write(data)

    return answer


def wrong_range(data: bytes) -> Answer:
    """Answers with other bytes than those that were asked for."""

    def answer(request: Request) -> None:
        request.begin_answer(
            206, Content_Length=len(data), Content_Range=f"bytes 0-{len(data) - 1}/{len(data)}"
        )
        request.wfile.write(data)

    return answer


def status(code: int) -> Answer:
    return lambda request: request.begin_answer(code, Content_Length=0)


def redirect(place: str) -> Answer:
    return lambda request: request.begin_answer(302, Location=place, Content_Length=0)


def stalled(data: bytes, after: int) -> Answer:
    """Some bytes, then none, with the connection left open."""

    def answer(request: Request) -> None:
        request.begin_answer(200, Content_Length=len(data))
        request.wfile.write(data[:after])
        request.wfile.flush()
        request.server.ended.wait()

    return answer


def silent(request: Request) -> None:
    """Takes the request and says nothing."""
    request.server.ended.wait()


def endless(request: Request) -> None:
    """Bytes without a length and without an end."""
    request.begin_answer(200, Connection="close")
    while not request.server.ended.is_set():
        request.wfile.write(b"x" * 65536)
