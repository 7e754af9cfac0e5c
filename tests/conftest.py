"""What holds for every test: a home of its own, no network, nothing left running."""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QSettings, QThread, QThreadPool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from program import Program

_PATIENCE_SECONDS = 3.0


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, so that no test reads or changes the user's settings, log or recovery files."""
    home = tmp_path_factory.mktemp("home", numbered=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", ".config"), ("XDG_DATA_HOME", ".local/share"), ("XDG_STATE_HOME", ".local/state"),
        ("XDG_CACHE_HOME", ".cache"), ("APPDATA", "Roaming"), ("LOCALAPPDATA", "Local"),
    ):  # fmt: skip
        monkeypatch.setenv(name, str(home / folder))
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(home / ".config"))
    return home


@pytest.fixture(autouse=True)
def found_when_asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened photos are looked through only in tests that want it (`found_on_opening`): it takes a second."""
    if "found_on_opening" not in request.fixturenames:
        from inpaint_studio.app.finding import Finding

        monkeypatch.setattr(Finding, "start_quietly", lambda finding: None)


@pytest.fixture
def found_on_opening() -> None:
    """Photos are looked through when they are opened, as for users."""


def _is_local(sock: socket.socket, address: object) -> bool:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0]) if isinstance(address, tuple) else str(address)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program works offline: a connection to anything but this machine is an error."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def refuse(address: object) -> None:
        pytest.fail(f"a test tried to reach {address}", pytrace=True)

    def guarded(self: socket.socket, address: object) -> None:
        return connect(self, address) if _is_local(self, address) else refuse(address)

    def guarded_ex(self: socket.socket, address: object) -> int | None:
        return connect_ex(self, address) if _is_local(self, address) else refuse(address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)


def _threads() -> set[threading.Thread]:
    # A QThread that ran Python once leaves a dummy entry behind, which never goes away.
    return {t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)}


@pytest.fixture(autouse=True)
def nothing_left_running(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test after which a thread, QThread, pool job or child process still runs."""
    started: list[QThread] = []
    start = QThread.start

    def remembered(self: QThread, *arguments: QThread.Priority) -> None:
        started.append(self)
        start(self, *arguments)

    monkeypatch.setattr(QThread, "start", remembered)
    threads, children = _threads(), set(multiprocessing.active_children())

    def left() -> list[object]:
        qthreads = [t for t in started if shiboken6.isValid(t) and t.isRunning()]
        processes = set(multiprocessing.active_children()) - children
        return [*(_threads() - threads), *qthreads, *processes]

    yield
    QThreadPool.globalInstance().waitForDone(round(_PATIENCE_SECONDS * 1000))
    end = time.monotonic() + _PATIENCE_SECONDS
    while left() and time.monotonic() < end:
        time.sleep(0.01)
    assert not left(), f"still running after the test: {left()}"


@pytest.fixture
def none_loaded() -> Iterator[None]:
    """No engine that another test made is used, nor one of this test left for others."""
    from inpaint_studio.engines import registry
    from inpaint_studio.engines.networks import sessions

    def forget() -> None:
        registry._made.cache_clear()
        sessions.give_up_all()

    forget()
    yield
    forget()


@pytest.fixture
def brightener(own_home: Path, none_loaded: None) -> None:
    """In the user's own folder a network that enhances by making everything 20 levels brighter."""
    from networks import write_enhancer

    from inpaint_studio.engines.networks import places

    write_enhancer(places.own_folder())


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """The command line, in an empty folder with one photo and its mask."""
    from program import Program

    monkeypatch.chdir(tmp_path)
    return Program(tmp_path, capsys)
