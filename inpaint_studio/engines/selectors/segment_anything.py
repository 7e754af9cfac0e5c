"""Selecting by the networks of the family Segment Anything that a user added.

After A. Kirillov et al., "Segment Anything" (ICCV 2023): a photo is seen once, points and boxes are answered
by three masks and a guess of how good each is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress, StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.contracts import Prompts, Proposal
from inpaint_studio.engines.guided_filter import carry_up
from inpaint_studio.engines.networks.card import Card
from inpaint_studio.engines.networks.named import NamedNetwork
from inpaint_studio.engines.networks.pictures import Floats, resized
from inpaint_studio.engines.networks.places import has_network
from inpaint_studio.engines.selectors.given import clicks_on, need_wanted, obey
from inpaint_studio.engines.selectors.network import NetworkSelector

if TYPE_CHECKING:
    from pathlib import Path

FORM: Final = "segment-anything"
"""The `form` of cards with the graphs `see`, of a photo h×w×3, and `answer`, of what was seen and prompts."""
_LOW: Final = 256
"""Side of the grid on which masks come and a previous mask goes in."""
_SPOT: Final = 0.004
"""Share of the longer side around a click that follows it to the pixel."""
_CORNERS: Final = (2.0, 3.0)
_NO_POINT: Final = -1.0
_SAME: Final = 0.9
_STROKE_POINTS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A photo (not copied), what the network saw of it, and how many of its pixels make one of the photo."""

    image: Array
    maps: Floats
    scale: float
    size: tuple[int, int]
    """Height and width as the network saw it."""


class SegmentAnything:
    """SharpSelector contract. Scribbles count as points along them, a lasso as the box around it."""

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self._network, self._closer = NamedNetwork(name, folder, _check), NetworkSelector()

    def prepare(self, image: Array, *, progress: Progress = NO_PROGRESS) -> Seen:
        """Sees an H×W×3 uint8 photo. StudioError if the network is missing or damaged."""
        card = self._network.card
        height, width = image.shape[:2]
        scale = int(card.options.get("side", 1024)) / max(height, width)
        size = max(1, round(height * scale)), max(1, round(width * scale))
        progress.report(0.1)
        view = resized(image, (size[1], size[0])).astype(np.float32) * np.float32(card.picture.white / 255)
        graph = card.graphs["see"]
        maps = self._network.session("see").run({graph.inputs[0]: view})[graph.outputs[0]]
        progress.report(1.0)
        return Seen(image, maps, scale, size)

    def select(self, prepared: Seen, prompts: Prompts) -> list[Proposal]:
        """One to three masks, the likeliest first. Raises StudioError as other selectors do."""
        return self._proposals(prepared, prompts, 3)

    def glance(self, prepared: Seen, prompts: Prompts) -> Proposal:
        """The first of `select` alone, sooner."""
        return self._proposals(prepared, prompts, 1)[0]

    def _proposals(self, prepared: Seen, prompts: Prompts, most: int) -> list[Proposal]:
        shape = prepared.image.shape[0], prepared.image.shape[1]
        clicks = clicks_on(shape, prompts)
        points, labels = _points(prepared, prompts)
        need_wanted(bool((np.isin(labels, (1.0, *_CORNERS))).any()) or prompts.previous is not None, False)
        masks, scores = self._answer(prepared, points, labels, prompts.previous)
        found: list[Proposal] = []
        spot = max(1, round(_SPOT * max(shape)))
        for index in np.argsort(-scores):
            small = np.where(masks[index] > 0, 255, 0).astype(np.uint8)
            mask = obey(carry_up(prepared.image, small), shape, prompts, clicks, spot)
            if mask and not any(_alike(mask, other.mask) for other in found):
                found.append(Proposal(mask, float(np.clip(scores[index], 0, 1))))
            if len(found) == most:
                break
        if not found:
            raise StudioError(message("prompt.nothing"))
        return found

    def refine(
        self, prepared: Seen, prompts: Prompts, proposal: Proposal, *, progress: Progress = NO_PROGRESS
    ) -> Proposal:
        """The proposal with edges as our own closer look sees them, if its network is there."""
        if not has_network("select"):
            return proposal
        return self._closer.look_closer(prepared.image, prompts, proposal, progress=progress)

    def subject(self, prepared: Seen) -> Proposal | None:
        """What a box around nearly all of the photo means."""
        height, width = prepared.image.shape[:2]
        box = (0.05 * width, 0.05 * height, 0.9 * width, 0.9 * height)
        try:
            return self.glance(prepared, Prompts(box=box))
        except StudioError:
            return None

    def _answer(
        self, seen: Seen, points: Floats, labels: Floats, previous: Mask | None
    ) -> tuple[Floats, Floats]:
        """Masks as they were seen, n×h×w, above 0 inside, and a guess of the IoU of each."""
        graph = self._network.card.graphs["answer"]
        values = {
            "image_embeddings": seen.maps,
            "point_coords": points[None],
            "point_labels": labels[None],
            "mask_input": _previous(seen, previous),
            "has_mask_input": np.array([previous is not None], np.float32),
            "orig_im_size": np.array(seen.size, np.float32),
        }
        made = self._network.session("answer").run({name: values[name] for name in graph.inputs})
        masks, scores = (made[name] for name in graph.outputs[:2])
        return masks[0], scores[0]


def _check(card: Card) -> None:
    if card.form != FORM or {"see", "answer"} - set(card.graphs):
        raise StudioError(message("network.no_clicks", id=card.id))


def _points(seen: Seen, prompts: Prompts) -> tuple[Floats, Floats]:
    """Prompts as the network takes them: places in what it saw, 1 wanted, 0 not, 2 and 3 corners of a box."""
    shape = seen.image.shape[0], seen.image.shape[1]
    places = [(x + 0.5, y + 0.5, float(wanted)) for (x, y), wanted in clicks_on(shape, prompts).items()]
    for stroke, label in ((prompts.wanted, 1.0), (prompts.unwanted, 0.0)):
        if stroke is not None and stroke:
            rows, columns = np.nonzero(stroke.crop)
            some = np.linspace(0, len(rows) - 1, min(_STROKE_POINTS, len(rows))).round().astype(int)
            places += [(stroke.x + columns[i] + 0.5, stroke.y + rows[i] + 0.5, label) for i in some]
    box = prompts.box
    if box is None and prompts.lasso:
        xs, ys = zip(*prompts.lasso, strict=True)
        box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    if box is not None:
        places += [(box[0], box[1], _CORNERS[0]), (box[0] + box[2], box[1] + box[3], _CORNERS[1])]
    else:
        places.append((0.0, 0.0, _NO_POINT))
    given = np.array(places, np.float32)
    return given[:, :2] * np.float32(seen.scale), np.ascontiguousarray(given[:, 2])


def _previous(seen: Seen, previous: Mask | None) -> Floats:
    """A mask to improve as the network takes it: large inside, in the corner of a square grid."""
    out = np.zeros((1, 1, _LOW, _LOW), np.float32)
    if previous is not None:
        height, width = (max(1, round(side * _LOW / max(seen.size))) for side in seen.size)
        full = previous.full((seen.image.shape[0], seen.image.shape[1]))
        small = cv2.resize(full, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        out[0, 0, :height, :width] = (small / 255 - 0.5) * 20
    return out


def _alike(a: Mask, b: Mask) -> bool:
    common = a.intersection(b).area
    return common > _SAME * (a.area + b.area - common)


def mobile_sam() -> SegmentAnything:
    """MobileSAM (C. Zhang et al., 2023)."""
    return SegmentAnything("mobile-sam")
