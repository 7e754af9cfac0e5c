"""Damaged files: the same for the same number, and a run of a few in a process of their own."""

import os
import signal
import subprocess
import sys
from random import Random

from benchmarks.fuzz.__main__ import Child
from benchmarks.fuzz.mutate import mutated
from benchmarks.fuzz.seeds import seeds
from inpaint_studio.studio.open import open_document


def test_every_seed_is_a_good_file(tmp_path):
    for seed in seeds():
        if seed.members is None:
            (tmp_path / f"a{seed.suffix}").write_bytes(seed.data)
            document, _ = open_document(tmp_path / f"a{seed.suffix}")
            assert document.layers, seed.name


def test_a_number_is_one_file():
    for number in range(20):
        one, other = mutated(Random(number)), mutated(Random(number))
        assert (one.name, one.data, one.members) == (other.name, other.data, other.members)


def test_damaged_files_are_opened_or_refused():
    command = [sys.executable, "-m", "benchmarks.fuzz", "--count", "40"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "40 files" in found.stdout


def test_a_child_that_takes_too_long_is_ended(tmp_path):
    child = Child(tmp_path, 1 << 30)
    os.kill(child.pid, signal.SIGSTOP)
    assert child.ask(0, 0.1)["what"] == "hang"
    assert not child.alive
