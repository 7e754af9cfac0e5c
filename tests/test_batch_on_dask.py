"""The batch on other machines: a real scheduler and worker processes, one of which is killed midway."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PHOTOS = 12


def _start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _until(done, what: str) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, f"{what} took too long"
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path):
    """The scheduler's address, and two worker processes without anyone to start them again."""
    file = tmp_path / "scheduler.json"
    scheduler = _start(
        "distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard",
        "--scheduler-file", str(file),
    )  # fmt: skip
    _until(lambda: file.is_file() and file.read_text(), "the scheduler")
    address = json.loads(file.read_text())["address"]
    workers = [
        _start(
            "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--host", "127.0.0.1", "--local-directory", str(tmp_path / f"worker{number}"),
        )
        for number in range(2)
    ]  # fmt: skip
    yield address, workers
    for each in (*workers, scheduler):
        each.kill()
        each.wait()


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(PHOTOS):
        pixels = np.random.default_rng(number).integers(0, 256, (60, 80, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


def batch(photos: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    words = [
        "-m",
        "inpaint_studio",
        "batch",
        str(photos),
        "-o",
        str(out),
        "--export",
        "webp",
        "--json",
        *more,
    ]
    return subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.glob("*.webp"))}


def test_a_worker_lost_midway_loses_no_photo_and_results_are_those_of_one_machine(cluster, photos, tmp_path):
    address, workers = cluster
    here, there = tmp_path / "here", tmp_path / "there"
    assert batch(photos, here).communicate() and len(hashes(here)) == PHOTOS
    _until(lambda: _workers(address) == 2, "the workers")
    running = batch(photos, there, "--dask", address)
    _until(lambda: len(hashes(there)) >= 1, "the first photo")
    os.kill(workers[0].pid, signal.SIGKILL)
    told = json.loads(running.communicate()[0])
    assert running.returncode == 0 and told["failed"] == [] and len(told["done"]) == PHOTOS
    assert hashes(there) == hashes(here)


def test_photos_sent_along_come_back_the_same(cluster, photos, tmp_path):
    address, _ = cluster
    here, there = tmp_path / "here", tmp_path / "there"
    batch(photos, here).communicate()
    _until(lambda: _workers(address) >= 1, "the workers")
    running = batch(photos, there, "--dask", address, "--send")
    running.communicate()
    assert running.returncode == 0 and hashes(there) == hashes(here)


def _workers(address: str) -> int:
    code = "import sys; from distributed import Client; "
    code += "print(len(Client(sys.argv[1], timeout=10).scheduler_info()['workers']))"
    return int(subprocess.check_output([sys.executable, "-c", code, address], text=True))


def test_without_a_scheduler_it_is_one_sentence(photos, tmp_path):
    words = ["-m", "inpaint_studio", "batch", str(photos), "-o", str(tmp_path / "out"), "--export", "webp"]
    ended = subprocess.run(
        [sys.executable, *words, "--dask", "tcp://127.0.0.1:9"], capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0 and ended.stdout == ""
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in ended.stderr.splitlines()[-1]
    assert not hashes(tmp_path / "out")
