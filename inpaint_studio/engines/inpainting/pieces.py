"""How an uninterruptible PatchMatch call is run: here, blocking (a child process is in child.py).

PyPatchMatch has no callback, so callers keep each call small: one piece is the layout of one hole at a
reduced size, well below a second.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import StudioError, message

if TYPE_CHECKING:
    from inpaint_studio.basics import Progress

Array = NDArray[np.uint8]

# In photos what belongs at a height repeats along that height: road beside road, horizon beside horizon.
_SAME_HEIGHT = 0.1
# The seed is global in the native library, so seeding and running must not interleave between threads.
_library = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One PatchMatch call.

    `pixels` H×W×3 uint8; `hole` H×W uint8, painted where > 0; `excluded` H×W uint8, neither painted
    nor copied nor compared where > 0; `radius` of the compared patches in pixels.
    """

    pixels: Array
    hole: Array
    excluded: Array
    radius: int
    seed: int


class Runner(Protocol):
    """Runs pieces."""

    def run(self, piece: Piece, progress: Progress) -> Array:
        """The painted pixels, H×W×3 uint8. Raises Cancelled from `progress`, StudioError if it failed."""
        ...

    def close(self) -> None:
        """Frees what the runner holds; a closed runner starts again when it is used."""
        ...


def available() -> bool:
    """Whether the native PatchMatch library can be loaded on this machine."""
    try:
        import patchmatch
    except ImportError:
        return False
    return bool(patchmatch.patchmatch_available)


def _heights(height: int, width: int) -> NDArray[np.float32]:
    guide = np.zeros((height, width, 3), np.float32)
    guide[..., 0] = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    return guide


def run_piece(piece: Piece) -> Array:
    """Runs one piece in this process and thread, with equal results for equal pieces.

    Barnes, Shechtman, Finkelstein, Goldman: PatchMatch, SIGGRAPH 2009, as made by PyPatchMatch.
    """
    import patchmatch

    with _library:
        patchmatch.set_random_seed(piece.seed)
        out: Array = patchmatch.inpaint_regularity(
            piece.pixels,
            piece.hole,
            _heights(piece.hole.shape[0], piece.hole.shape[1]),
            global_mask=piece.excluded,
            patch_size=piece.radius,
            guide_weight=_SAME_HEIGHT,
        )
    return out


class InProcess:
    """Runs pieces in the calling thread. A cancel is felt between pieces."""

    def run(self, piece: Piece, progress: Progress) -> Array:
        progress.report(0.0)
        if not available():
            raise StudioError(message("fill.no_patchmatch"))
        out = run_piece(piece)
        progress.report(1.0)
        return out

    def close(self) -> None:
        return None
