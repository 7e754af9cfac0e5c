"""What is compared: the selectors of the registry, those that sharpen also with it, and plain GrabCut."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.select.plain import PlainGrabCut
from inpaint_studio.basics import StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.engines.networks.places import has_network

if TYPE_CHECKING:
    from benchmarks.select.objects import Area
    from benchmarks.select.robot import Click
    from inpaint_studio.basics.mask import Array

PLAIN = "opencv"
ZOOM = "+zoom"
"""Ends the name of a selector whose masks are sharpened by its second look (`refine`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A selector, and whether its `refine(prepared, prompts, proposal)`, which gives a Proposal, follows."""

    id: str
    title: str
    selector: Any
    zoom: bool
    version: str

    def open(self, photo: Array) -> Opened:
        """The photo (H×W×3 uint8) prepared for prompts."""
        start = time.perf_counter()
        prepared = self.selector.prepare(photo)
        return Opened(self, photo.shape[:2], prepared, time.perf_counter() - start)


@dataclass(slots=True, eq=False)
class Opened:
    """A prepared photo: answers prompts and keeps seconds, and the errors in words."""

    way: Way
    shape: tuple[int, ...]
    prepared: Any
    prepare: float
    select: list[float] = field(default_factory=list)
    zoom: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def masks(self, prompts: Prompts) -> list[Area]:
        """The proposals, H×W bool (coverage of half or more), the likeliest first, sharpened if the way does.

        One empty mask where the selector says that it found nothing.
        """
        return [coverage >= 128 for coverage in self.coverages(prompts)]

    def coverages(self, prompts: Prompts) -> list[Array]:
        """The same as coverage, H×W uint8."""
        selector = self.way.selector
        try:
            start = time.perf_counter()
            proposals = selector.select(self.prepared, prompts)
            self.select.append(time.perf_counter() - start)
            first = proposals[0]
            if self.way.zoom:
                start = time.perf_counter()
                first = selector.refine(self.prepared, prompts, first)
                self.zoom.append(time.perf_counter() - start)
        except StudioError as error:
            self.errors.append(str(error))
            return [np.zeros(self.shape, np.uint8)]
        return [p.mask.full((self.shape[0], self.shape[1])) for p in (first, *proposals[1:])]


def clicked(clicks: list[Click]) -> Prompts:
    """Clicks as the editor hands them on: in the middle of their pixels, all of them each time."""
    return Prompts(
        points=tuple((c.x + 0.5, c.y + 0.5) for c in clicks), labels=tuple(int(c.belongs) for c in clicks)
    )


def ways(names: list[str] | None = None) -> tuple[list[Way], dict[str, str]]:
    """The ways to measure, and what is absent with the reason; all of them if no names are given.

    A selector that can sharpen makes two ways, the second with "+zoom" at its end. Raises StudioError for an
    unknown name.
    """
    found, absent = _all_ways()
    if names is None:
        return found, absent
    by_id = {way.id: way for way in found}
    known = [*by_id, *absent]
    for name in names:
        if name not in known and name.removesuffix(ZOOM) not in absent:
            raise StudioError(f"There is no selector called “{name}”; choose from: {', '.join(known)}.")
    chosen = {n.removesuffix(ZOOM) for n in names}
    return [by_id[n] for n in names if n in by_id], {n: why for n, why in absent.items() if n in chosen}


def _all_ways() -> tuple[list[Way], dict[str, str]]:
    found, absent = [Way(PLAIN, "OpenCV GrabCut, plain", PlainGrabCut(), False, cv2.__version__)], {}
    for engine in registry.engines("selector"):
        if engine.network is not None and not has_network(engine.network):
            absent[engine.id] = f"its network “{engine.network}” is missing"
            continue
        try:
            selector = registry.load(engine.id, "selector")
        except StudioError as error:
            absent[engine.id] = str(error)
            continue
        version = _version(engine.network)
        found.append(Way(engine.id, f"{engine.title} ({engine.id})", selector, False, version))
        if hasattr(selector, "refine"):
            title = f"{engine.title} ({engine.id}), with zoom-in"
            found.append(Way(engine.id + ZOOM, title, selector, True, version))
    return found, absent


def _version(network: str | None) -> str:
    """A checksum of what a selector's answers depend on."""
    from inpaint_studio import engines
    from inpaint_studio.engines.networks.places import folder_of

    root = Path(engines.__file__).parent
    parts = [*sorted((root / "selectors").glob("*.py")), root / "guided_filter.py", root / "regions.py"]
    if network is not None:
        parts += [
            *sorted((root / "networks").glob("*.py")),
            *sorted(folder_of(network).glob(f"{network}*.json")),
        ]
    total = hashlib.sha256()
    for path in parts:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:12]
