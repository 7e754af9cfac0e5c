"""How well a network answers clicks while it is trained: the benchmark's robot on photos kept for that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from benchmarks.select.measures import after, iou
from benchmarks.select.objects import LEAST, Area, Target
from benchmarks.select.robot import Click, drawn_box, next_click
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.engines.selectors.network import NetworkSelector
from training.common.folding import fold
from training.common.samples import UNKNOWN
from training.selection.asking import TorchClicks
from training.selection.clicks import ClickNetwork, without_task
from training.selection.masks import Scene

CLICKS = 5


class RobotScore:
    """Mean IoU of objects of at least `LEAST` of their photo; every `step`-th object of the scenes is tried.

    Called with the state of a `ClickTask` it prints the means after 1, 3 and 5 clicks and from a box, and
    returns that of the three-click one. Batch norms are folded as in the editor.
    """

    def __init__(self, scenes: Sequence[Scene], step: int) -> None:
        found = [(scene, thing.object) for scene in scenes for thing in scene.things if thing.object]
        large = [(s, o) for s, o in found if (s.maps[..., o.layer] == o.number).mean() >= LEAST]
        self.tried = large[::step]

    def __call__(self, state: dict[str, Tensor]) -> float:
        network = ClickNetwork()
        network.load_state_dict({key: value.cpu() for key, value in without_task(state).items()})
        means = self.means(NetworkSelector(network=TorchClicks(fold(network))))
        print(
            "IoU after clicks: " + ", ".join(f"{name} {value:.3f}" for name, value in means.items()),
            flush=True,
        )
        return means["3"]

    def means(self, selector: NetworkSelector) -> dict[str, float]:
        """Mean IoU by what was given: clicks "1", "3", "5", and "box"; after a closer look "1z", "boxz"."""
        rows = [self._one(selector, *tried, number) for number, tried in enumerate(self.tried)]
        return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}

    def _one(
        self, selector: NetworkSelector, scene: Scene, ref: tuple[int, int], seed: int
    ) -> dict[str, float]:
        plane = scene.maps[..., ref[0]]
        target = Target.of(plane == ref[1], plane == UNKNOWN)
        prepared = selector.prepare(scene.photo)

        def taken(prompts: Prompts) -> tuple[Area, Area]:
            first = selector.select(prepared, prompts)[0]
            closer = selector.refine(prepared, prompts, first)
            rough, sharp = (p.mask.full(plane.shape) >= 128 for p in (first, closer))
            return rough, sharp

        clicks: list[Click] = []
        ious: list[float] = []
        closer: list[float] = []
        mask = np.zeros(plane.shape, np.bool_)
        while len(clicks) < CLICKS:
            click = next_click(mask, target, {(c.x, c.y) for c in clicks})
            if click is None:
                break
            clicks.append(click)
            points = tuple((c.x + 0.5, c.y + 0.5) for c in clicks)
            mask, sharp = taken(Prompts(points=points, labels=tuple(int(c.belongs) for c in clicks)))
            ious.append(iou(mask, target))
            closer.append(iou(sharp, target))
        boxed = [iou(mask, target) for mask in taken(Prompts(box=drawn_box(target.truth, seed)))]
        row = {str(count): after(ious, count) for count in (1, 3, 5)}
        return row | {"box": boxed[0], "1z": closer[0], "3z": after(closer, 3), "boxz": boxed[1]}
