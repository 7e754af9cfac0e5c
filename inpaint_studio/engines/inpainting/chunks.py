"""Work on many pixels in parts, two threads at a time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics import Progress

_CHUNK = 16_384


def in_parts(count: int, work: Callable[[slice], None], progress: Progress, fraction: float) -> None:
    """Does the work for parts of `count` things, two at a time; what one part writes no other reads."""
    parts = [slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    if len(parts) == 1:
        work(parts[0])
    else:
        threads = ThreadPoolExecutor(min(2, os.cpu_count() or 1))
        try:
            for _ in threads.map(work, parts):
                progress.report(fraction)
        finally:
            threads.shutdown(cancel_futures=True)
    progress.report(fraction)
