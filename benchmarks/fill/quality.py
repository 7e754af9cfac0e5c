"""The run: every photo, its holes, every method; what is done already is not done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchmarks.fill import measures, methods, removal
from benchmarks.fill.calls import Child
from benchmarks.fill.holes import SEED, Hole, holes_for
from inpaint_studio.basics import StudioError

if TYPE_CHECKING:
    from benchmarks.fill.features import FeatureDistance
    from benchmarks.fill.results import Results, Row

Array = NDArray[np.uint8]

_PICTURES = {".webp", ".jpg", ".jpeg", ".png"}
_PAINTED_OVER = (255, 0, 255)
_LARGEST_PSNR = 100.0
"""Written for a fill without any error, because JSON knows no infinity."""


@dataclass(frozen=True)
class Plan:
    """What to measure. `limit` seconds a fill; `fresh` starts a process for each; `fills` keeps pictures.

    With `removals` the photos are backgrounds of real removals, and the holes are what stood there.
    """

    photos: tuple[Path, ...]
    names: tuple[str, ...]
    masks: tuple[Path, ...] = ()
    seed: int = SEED
    both: bool = False
    fresh: bool = False
    limit: float = 900.0
    fills: Path | None = None
    removals: bool = False

    def case(self, path: Path) -> tuple[Array, list[Hole]]:
        """A photo, H×W×3 uint8, and the holes to cut into it."""
        photo = read(path)
        if self.removals:
            return photo, [removal.hole_of(photo, path)]
        return photo, holes_for(path.name, photo.shape[:2], seed=self.seed, both=self.both, masks=self.masks)


def pictures(folder: Path, limit: int | None = None) -> tuple[Path, ...]:
    """The photos of a folder by name; with a limit, that many, evenly spread. StudioError if none."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURES)
    if not found:
        raise StudioError(f"There is no photo (WebP, JPEG, PNG) in {folder}; name another folder.")
    if limit is None or limit >= len(found):
        return tuple(found)
    return tuple(found[len(found) * i // limit] for i in range(limit))


def read(path: Path) -> Array:
    """The photo, H×W×3 uint8 RGB."""
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def hidden(photo: Array, hole: NDArray[np.bool_]) -> Array:
    """The photo with its hole painted in one loud colour, so that no method sees what was there."""
    out = photo.copy()
    out[hole] = _PAINTED_OVER
    return out


class Run:
    """Measures a plan; a method's process is kept for all its fills unless each is to have a fresh one."""

    def __init__(self, plan: Plan, results: Results, say: Callable[[str], None] = print) -> None:
        self._plan, self._results, self._say = plan, results, say
        self.absent = {name: why for name in plan.names if (why := methods.absent(name))}
        self._versions = {n: methods.version(n) for n in plan.names if n not in self.absent}
        self._children: dict[str, Child] = {}
        self._yardstick: FeatureDistance | None = None

    def rows(self) -> list[Row]:
        """All results of the plan, old and new. Writes each at once, so it can be stopped at any time."""
        found: list[Row] = []
        try:
            for number, path in enumerate(self._plan.photos, 1):
                found += self._photo(path)
                self._say(f"{number} of {len(self._plan.photos)} photos")
        finally:
            for child in self._children.values():
                child.close()
        return found

    def _photo(self, path: Path) -> Iterator[Row]:
        (photo, holes), truth = self._plan.case(path), None
        for hole in holes:
            for name in self._versions:
                row = self._row(path, photo, hole, name)
                done = self._results.find(row)
                if done is None or not self._kept(done):
                    if truth is None:
                        truth = self._judge().features(photo)
                    done = self._measured(row, photo, hole, truth)
                    self._results.add(done)
                yield done

    def _row(self, path: Path, photo: Array, hole: Hole, name: str) -> Row:
        return {
            "photo": path.name,
            "size": hole.size,
            "kind": hole.kind,
            "hole": crc32(np.packbits(hole.flags).tobytes(), crc32(photo.tobytes())),
            "share": round(hole.share, 4),
            "filler": name,
            "version": self._versions[name],
            "measures": measures.VERSION,
        }

    def _kept(self, row: Row) -> bool:
        """Whether the picture that a sheet needs is there, where sheets are wanted."""
        return self._plan.fills is None or "error" in row or picture_of(self._plan.fills, row).exists()

    def _judge(self) -> FeatureDistance:
        if self._yardstick is None:
            from benchmarks.fill.features import FeatureDistance

            self._yardstick = FeatureDistance()
        return self._yardstick

    def _measured(self, row: Row, photo: Array, hole: Hole, truth: Any) -> Row:
        name = str(row["filler"])
        try:
            painted, seconds, mb = self._painted(name, hidden(photo, hole.flags), hole)
        except StudioError as error:
            self._drop(name)
            return {**row, "error": str(error)}
        out = np.where(hole.flags[..., None], painted.pixels, photo)
        everywhere, inside = self._judge().distance(truth, self._judge().features(out), hole.flags)
        if self._plan.fills is not None:
            keep(picture_of(self._plan.fills, row), out)
        grain, edges = measures.detail(out, hole.flags)
        changed = (painted.pixels != photo).any(axis=2) & ~hole.flags
        return {
            **row,
            "features": everywhere,
            "features_in_hole": inside,
            "seam": measures.seam(photo, out, hole.flags),
            "grain": grain,
            "edges": edges,
            "psnr": min(_LARGEST_PSNR, measures.psnr(photo, out, hole.flags)),
            "ssim": measures.ssim(photo, out, hole.flags),
            "seconds": seconds,
            "preview": painted.preview,
            "mb": mb,
            "changed_outside": int(changed.sum()),
            "note": painted.note,
        }

    def _painted(self, name: str, image: Array, hole: Hole) -> tuple[methods.Painted, float, float]:
        if self._plan.fresh:
            self._drop(name)
        if name not in self._children:
            self._children[name] = Child()
        return self._children[name].call(methods.paint, name, image, hole.flags, limit=self._plan.limit)

    def _drop(self, name: str) -> None:
        if name in self._children:
            self._children.pop(name).close()


def picture_of(folder: Path, row: Row) -> Path:
    """Where the fill of a result is kept for the sheets."""
    return folder / f"{row['hole']:08x}-{row['filler']}-{row['version']}.webp"


def keep(path: Path, picture: Array) -> None:
    """Writes a picture for the sheets."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=90)
