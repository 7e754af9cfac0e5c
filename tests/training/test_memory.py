"""Memory that training keeps for its next step."""

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from training.common.memory import keep_memory

kept = keep_memory() if sys.argv[1] == "keep" else None
for _ in range(3):
    np.ones(1 << 24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(8):
    np.ones(1 << 24)
print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_a_large_array_takes_the_pages_of_the_last_one():
    found = {}
    for how in ("keep", "leave"):
        out = subprocess.run(
            [sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True
        ).stdout.split()
        found[how] = out[0], int(out[1])
    assert found["keep"][0] == "True"
    assert found["keep"][1] * 10 < found["leave"][1], found
