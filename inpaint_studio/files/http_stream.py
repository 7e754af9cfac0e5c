"""Reading an answer over HTTP(S) in a thread of its own, so that cancelling never waits for the network."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from inpaint_studio.basics import StudioError, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCK: Final = 1 << 18
_MOST_REDIRECTS: Final = 8
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")
_POLL_SECONDS: Final = 0.1


class ConnectionBroken(Exception):
    """No connection, or it broke: the same request may do better in a moment. The text says how it broke."""


@dataclass(frozen=True, slots=True)
class Head:
    """An answer's status and headers, before its bytes."""

    status: int
    length: int | None
    """Bytes that follow, as far as the server says."""
    content_range: str


def check_url(url: str) -> None:
    """Raises StudioError for an address that is not https, this machine aside."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL):
        return
    raise StudioError(message("download.no_https", url=url))


class HttpStream:
    """One GET request for the bytes of `url` from `begin` on; a context manager.

    `tick` is called ten times a second while something is waited for; what it raises ends the wait.
    `seconds` is the longest wait for a connection and between two blocks.
    """

    def __init__(self, url: str, begin: int, seconds: float, tick: Callable[[], None]) -> None:
        self._url, self._begin, self._seconds, self._tick = url, begin, seconds, tick
        self._arrived: queue.Queue[Head | bytes | Exception] = queue.Queue(maxsize=8)
        self._stop = threading.Event()
        self._answer: Any = None
        self._thread = threading.Thread(target=self._run, name="download", daemon=True)

    def __enter__(self) -> HttpStream:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._answer is None:
            # Still connecting: the thread ends by itself when that times out.
            return
        with contextlib.suppress(Exception):
            self._answer.shutdown()
        self._thread.join()

    def head(self) -> Head:
        """Waits for the answer to begin. Raises ConnectionBroken, or StudioError for a bad redirect."""
        head = self._next()
        assert isinstance(head, Head)
        return head

    def blocks(self) -> Iterator[bytes]:
        """The bytes as they come, after `head`. Raises ConnectionBroken where they stop coming."""
        while block := self._next():
            assert isinstance(block, bytes)
            yield block

    def _next(self) -> Head | bytes:
        end = time.monotonic() + self._seconds + 2 * _POLL_SECONDS
        while time.monotonic() < end:
            self._tick()
            try:
                item = self._arrived.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(item, Exception):
                raise item
            return item
        raise ConnectionBroken("nothing came for too long")

    # In the thread

    def _put(self, item: Head | bytes | Exception) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                self._arrived.put(item, timeout=_POLL_SECONDS)
                return

    def _run(self) -> None:
        try:
            with _answer(self._url, self._begin, self._seconds) as answer:
                self._answer = answer
                length = str(answer.headers.get("Content-Length", ""))
                self._put(
                    Head(
                        answer.status,
                        int(length) if length.isdecimal() else None,
                        str(answer.headers.get("Content-Range", "")),
                    )
                )
                block = b"begin"
                while block and not self._stop.is_set():
                    block = answer.read1(_BLOCK)
                    self._put(block)
        except StudioError as error:
            self._put(error)
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            self._put(ConnectionBroken(type(error).__name__))


@contextlib.contextmanager
def _answer(url: str, begin: int, seconds: float) -> Iterator[Any]:
    """The answer to a request; follows redirects to safe addresses."""
    import urllib3

    headers = {"Accept-Encoding": "identity", "User-Agent": "InpaintStudio"}
    if begin:
        headers["Range"] = f"bytes={begin}-"
    for _ in range(_MOST_REDIRECTS):
        with _pool(url) as pool:
            answer = pool.request(
                "GET", url, headers=headers, preload_content=False, redirect=False, retries=False,
                timeout=urllib3.Timeout(connect=seconds, read=seconds),
            )  # fmt: skip
            try:
                place = answer.get_redirect_location()
                if not place:
                    yield answer
                    return
            finally:
                answer.close()
        url = urljoin(url, place)
        check_url(url)
    raise StudioError(message("download.endless", url=url))


def _pool(url: str) -> Any:
    """Connections as the system says: its certificates, its proxy."""
    import ssl
    import urllib.request

    import truststore
    import urllib3

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    parts = urlsplit(url)
    host, proxy = parts.hostname or "", urllib.request.getproxies().get(parts.scheme)
    if proxy and host not in _LOCAL and not urllib.request.proxy_bypass(host):
        return urllib3.ProxyManager(proxy, ssl_context=context)
    return urllib3.PoolManager(ssl_context=context)
