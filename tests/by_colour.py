"""A double of the network for clicks that goes by colour, and pictures for it."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from inpaint_studio.engines.networks.clicks import Answer, Seen
from inpaint_studio.engines.selectors.network import NetworkSelector, Settings

SIDE = 192
RED, BLUE, GREY = (200, 40, 40), (40, 40, 200), (120, 120, 120)
RED_SEEN = [(c / 255 - m) / s for c, m, s in zip(RED, Settings().mean, Settings().std, strict=True)]
"""Red as the network's input."""


class ByColour:
    """A double of ClickNetwork: the object has a point's colour, the part is its left half, the group all
    that is not grey."""

    def __init__(self):
        self.asked = []

    def see(self, photo):
        colours = F.avg_pool2d(photo, 4)
        return Seen((colours,) * 4, (colours,) * 2)

    def answer(self, seen, asked):
        self.asked.append(asked)
        colours = seen.levels[0][0]
        h, w = colours.shape[1:]

        def like(label):
            area = torch.zeros(h, w, dtype=torch.bool)
            for (x, y), own in zip(asked.points[0], asked.labels[0], strict=True):
                if own == label:
                    spot = colours[:, min(int(y), h - 1), min(int(x), w - 1)]
                    area |= (colours - spot[:, None, None]).abs().sum(0) < 0.5
            return area

        found = like(1) | (asked.previous[0, 0] > 0.5)
        box = asked.box[0]
        if not box.isnan().any():
            left, top, right, bottom = (max(0, round(float(v))) for v in box)
            inside = torch.zeros(h, w, dtype=torch.bool)
            inside[top:bottom, left:right] = True
            found = (found | inside) & inside & ((colours - colours[:, :1, :1]).abs().sum(0) > 0.5)
        found &= ~like(0)
        if (asked.labels < 0).all() and box.isnan().any() and not asked.previous.any():
            # Nothing is said: red stands out.
            found = (colours - torch.tensor(RED_SEEN)[:, None, None]).abs().sum(0) < 0.5
        part = found & (torch.arange(w) < found.nonzero()[:, 1].float().mean())
        group = (colours - colours[:, :1, :1]).abs().sum(0) > 0.5
        masks = torch.stack((found, part, group)).float() * 16 - 8
        return Answer(masks[None], torch.tensor([[2.0, 1.0, 0.5]]))


def picture(scale=1):
    """A red and a blue square on grey, 96 high and 144 wide at scale 1."""
    image = np.full((96 * scale, 144 * scale, 3), GREY, np.uint8)
    red, blue = np.zeros((2, *image.shape[:2]), bool)
    red[24 * scale : 64 * scale, 20 * scale : 60 * scale] = True
    blue[32 * scale : 72 * scale, 84 * scale : 124 * scale] = True
    image[red], image[blue] = RED, BLUE
    return image, red, blue


def selector_by_colour() -> NetworkSelector:
    return NetworkSelector(network=ByColour(), settings=Settings(side=SIDE, zoom_side=SIDE))
