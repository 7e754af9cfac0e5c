"""A double of the network for clicks that goes by colour, and pictures for it."""

from __future__ import annotations

import cv2
import numpy as np

from inpaint_studio.engines.selectors.clicks import FINEST, Settings
from inpaint_studio.engines.selectors.network import NetworkSelector

SIDE = 192
RED, BLUE, GREY = (200, 40, 40), (40, 40, 200), (120, 120, 120)
NEAR = 30
"""Colours whose channels differ by less than this together are alike."""


class ByColour:
    """A double of ClickNetwork: the object has a point's colour, the part is its left half, the group all
    that is not grey."""

    def __init__(self):
        self.asked = []
        self.settings = Settings(SIDE, SIDE)

    def see(self, view):
        size = (view.shape[1] // 4, view.shape[0] // 4)
        colours = cv2.resize(view, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        return {FINEST: colours.reshape(size[1], size[0], 3).transpose(2, 0, 1)[None]}

    def answer(self, seen, asked):
        self.asked.append(asked)
        colours = seen[FINEST][0]
        h, w = colours.shape[1:]

        def like(label):
            area = np.zeros((h, w), bool)
            for (x, y), own in zip(asked.points[0], asked.labels[0], strict=True):
                if own == label:
                    spot = colours[:, min(int(y), h - 1), min(int(x), w - 1)]
                    area |= np.abs(colours - spot[:, None, None]).sum(0) < NEAR
            return area

        striking = np.abs(colours - colours[:, :1, :1]).sum(0) > NEAR
        found = like(1) | (asked.previous[0, 0] > 0.5)
        box = asked.box[0]
        if not np.isnan(box).any():
            left, top, right, bottom = (max(0, round(float(v))) for v in box)
            inside = np.zeros((h, w), bool)
            inside[top:bottom, left:right] = True
            found = (found | inside) & inside & striking
        found &= ~like(0)
        if (asked.labels < 0).all() and np.isnan(box).any() and not asked.previous.any():
            # Nothing is said: red stands out.
            found = np.abs(colours - np.array(RED, np.float32)[:, None, None]).sum(0) < NEAR
        part = found & (np.arange(w) < (found.nonzero()[1].mean() if found.any() else 0))
        masks = np.stack((found, part, striking)).astype(np.float32)
        return 0.0003 + 0.9994 * masks, np.array([0.88, 0.73, 0.62], np.float32)


def picture(scale=1):
    """A red and a blue square on grey, 96 high and 144 wide at scale 1."""
    image = np.full((96 * scale, 144 * scale, 3), GREY, np.uint8)
    red, blue = np.zeros((2, *image.shape[:2]), bool)
    red[24 * scale : 64 * scale, 20 * scale : 60 * scale] = True
    blue[32 * scale : 72 * scale, 84 * scale : 124 * scale] = True
    image[red], image[blue] = RED, BLUE
    return image, red, blue


def selector_by_colour() -> NetworkSelector:
    return NetworkSelector(network=ByColour())
