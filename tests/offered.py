"""A catalogue of one small network, and a server on this machine that has it."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inpaint_studio.engines.networks import catalogue


def card_of(data: bytes, **more: object) -> dict[str, object]:
    """The card of a network of one graph; `more` changes what is said of that."""
    graph = {
        "file": "small.onnx", "size": len(data), "sha256": hashlib.sha256(data).hexdigest(),
        "inputs": ["photo"], "outputs": ["certainty"], **more,
    }  # fmt: skip
    return {
        "id": "small", "task": "finder", "form": "labels", "licence": "Apache-2.0", "memory_mb": 10,
        "speed": "quick", "graphs": {"look": graph},
    }  # fmt: skip


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the networks that come with the program, empty."""
    folder = tmp_path / "models"
    folder.mkdir()
    for module in ("studio.models", "engines.networks.places"):
        monkeypatch.setattr(f"inpaint_studio.{module}.resource", lambda name: folder)
    return folder


@pytest.fixture
def server() -> Iterator[str]:
    """An address on this machine that serves b"hello" and nothing else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/small" else 404)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *arguments: object) -> None:
            return None

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()
        thread.join()


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    """A catalogue of one network, five bytes large, on the server of this machine."""
    values = card_of(b"hello", url=f"{server}/small") | {"task": "subject", "form": "subject"}
    text = {
        "title": "Small", "about": "Finds little. It is small.", "home": "https://example.org", **values,
    }  # fmt: skip
    text["graphs"]["look"]["shapes"] = {"photo": [1, 3, 1024, 1024]}  # type: ignore[index]
    entry = catalogue._entry(json.loads(json.dumps(text)))
    monkeypatch.setattr(catalogue, "entries", lambda: (entry,))
