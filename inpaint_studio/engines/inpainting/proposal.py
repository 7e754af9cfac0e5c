"""Fills whose layout comes from a network that a user added, and whose texture comes from the photo."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, SubProgress, message
from inpaint_studio.engines.contracts import Array, Fill, FillTask
from inpaint_studio.engines.inpainting.layout import LaidHole, Variant
from inpaint_studio.engines.inpainting.painter import PaintedHole, Proposer, reduced
from inpaint_studio.engines.inpainting.steps import in_steps
from inpaint_studio.engines.networks.card import Card
from inpaint_studio.engines.networks.named import NamedNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inpaint_studio.engines.inpainting.holes import Areas, Flags, Group

FORM = "fill"
"""The `form` of cards whose graph `fill` makes a filled picture of a picture and a mask, in this order."""


class AddedPainter:
    """A network of the form “fill”, as `Proposer`. From its card's options:

    `side` is the longer side at which it looks, if its picture has no fixed size; `mask_known` is what the
    mask holds where the picture is known, 0 or 255, of which 1 or 255 is left for the hole; `answer_white` is
    white in what it answers; `dtype` is that of what it takes.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self._network = NamedNetwork(name, folder, _check)

    def load(self) -> Card:
        self._network.session("fill").open()
        return self._network.card

    def propose(self, image: Array, hole: Flags) -> Array:
        card = self.load()
        size = card.picture.size
        colours, missing = reduced(image, hole, max(size) if size else int(card.options.get("side", 512)))
        height, width = missing.shape
        down, right = -height % card.picture.stride, -width % card.picture.stride
        if size is not None:
            down, right = size[1] - height, size[0] - width
        picture = cv2.copyMakeBorder(colours, 0, down, 0, right, cv2.BORDER_REFLECT)
        mask = cv2.copyMakeBorder(missing, 0, down, 0, right, cv2.BORDER_REFLECT)
        answer = self._answer(card, np.asarray(picture, np.uint8), np.asarray(mask) > 0)
        return answer[:height, :width]

    def _answer(self, card: Card, picture: Array, missing: Flags) -> Array:
        graph, options = card.graphs["fill"], card.options
        kind = np.uint8 if options.get("dtype") == "uint8" else np.float32
        white = card.picture.white
        known = float(options.get("mask_known", 0.0))
        marked = np.where(missing, white - known if known else white, known)
        planes = picture.transpose(2, 0, 1)[None].astype(np.float32) * np.float32(white / 255)
        given = dict(zip(graph.inputs, (planes, marked[None, None]), strict=True))
        made = self._network.session("fill").run(
            {name: np.ascontiguousarray(values, kind) for name, values in given.items()}
        )[graph.outputs[0]]
        gain = np.float32(255 / float(options.get("answer_white", 1.0)))
        return np.asarray(np.clip(np.rint(made[0].transpose(1, 2, 0) * gain), 0, 255), np.uint8)


def _check(card: Card) -> None:
    graph = card.graphs.get("fill")
    if card.form != FORM or graph is None or len(graph.inputs) != 2:
        raise StudioError(message("network.no_fills", name=card.id))


class ProposedFiller:
    """Filler contract: first the network's layout with texture from the photo, then its own pixels."""

    def __init__(self, proposer: Proposer, title: str) -> None:
        """`title` is the network's name for notes."""
        self._proposer, self._title = proposer, title

    def fill(
        self,
        task: FillTask,
        *,
        seed: int = 0,
        candidates: int = 1,
        adaptation: float = 1.0,
        progress: Progress = NO_PROGRESS,
    ) -> Iterator[Fill]:
        """As `Filler.fill`; at most two candidates."""
        share = 1 / min(2, max(1, candidates))
        variant = Variant(f"{self._title}: its layout, with texture from the photo", skip=_SKIPPED)

        def textured(areas: Areas, group: Group, part: Progress) -> TexturedHole:
            return TexturedHole(self._proposer, task, areas, group, variant, seed, adaptation, part)

        yield from in_steps(task, textured, variant.note, SubProgress(progress, 0.0, share))
        if candidates > 1:

            def painted(areas: Areas, group: Group, part: Progress) -> PaintedHole:
                return PaintedHole(self._proposer, task, areas, group, adaptation, part)

            note = f"{self._title}: as the network paints it"
            rest = SubProgress(progress, share, 1.0)
            yield from in_steps(task, painted, note, rest, previews=False)


_SKIPPED = 1
"""Coarsest levels that a layout makes needless: it says itself what they would find."""


class TexturedHole:
    """One group being filled: the network's proposal as a preview, then texture laid out by it."""

    def __init__(
        self,
        proposer: Proposer,
        task: FillTask,
        areas: Areas,
        group: Group,
        variant: Variant,
        seed: int,
        adaptation: float,
        progress: Progress,
    ) -> None:
        self._painted = PaintedHole(proposer, task, areas, group, adaptation, SubProgress(progress, 0.0, 0.4))
        rest = SubProgress(progress, 0.4, 1.0)
        self._laid = partial(LaidHole, task, areas, group, variant, seed, adaptation, rest)
        self.error = 0.0

    def steps(self) -> Iterator[tuple[Array, bool]]:
        """As `Work.steps`."""
        for pixels, _ in self._painted.steps():
            yield pixels, False
        laid = self._laid(self._painted.whole)
        for pixels, stays in laid.steps():
            if stays:
                yield pixels, True
        self.error = laid.error
