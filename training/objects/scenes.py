"""Photos with what is known of the things in them: from masks of people who drew them, and of the teacher."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from training.common.samples import Array, read_labels, read_photo
from training.objects.components import UNKNOWN, instances_of, voc_instances
from training.objects.sets import photos_of, present

CLEAR, USABLE = 0.25, 1.2
"""Half-grey pixels of a teacher mask, as a share of those of the thing: up to `CLEAR` the mask is good enough
to cut the thing out by it, above `USABLE` it is not used at all."""
AGREED = 0.8
"""IoU with a drawn mask from which on the teacher's is believed."""
UNDRAWN = 85
"""Weight, of 255, of what was not drawn where the teacher was not asked."""
DRAWN = ("voc", "coco128", "ccp", "people")
"""Sets that come with label pictures, beside the photos."""
PEOPLE = ("ccp", "people")
"""Sets whose labels name clothes and skin: together one person."""
_GREY = (32, 224)
_NOTHING = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A photo (H×W×3 uint8 RGB) and three pictures of its size, uint8.

    `alpha` is how much of a pixel belongs to a thing, 0 to 255. `known` is the weight of that, 0 to 255.
    `instances` numbers the things from 1 on, 0 is none, `UNKNOWN` where they are not told apart. `clear` says
    that the edges are good enough to cut things out.
    """

    name: str
    photo: Array
    alpha: Array
    known: Array
    instances: Array
    clear: bool

    @property
    def count(self) -> int:
        """How many things are told apart."""
        numbers = self.instances[self.instances != UNKNOWN]
        return int(numbers.max()) if numbers.size else 0


def greyness(mask: Array) -> float:
    """Half-grey pixels of a soft mask, to those of the thing (to a hundredth of the photo at least)."""
    grey = np.mean((mask > _GREY[0]) & (mask < _GREY[1]))
    return float(grey / max(np.mean(mask > 127), _NOTHING))


def scene_of(name: str, photo: Array, teacher: Array | None, drawn: Array | None, kind: str) -> Scene | None:
    """What two masks of a photo say together; None if neither is of use.

    `teacher` is a soft mask, `drawn` a label picture as its set `kind` stores it.
    """
    grey = greyness(teacher) if teacher is not None else np.inf
    if drawn is not None and kind in PEOPLE:
        return _person(name, photo, teacher, (drawn > 0).astype(np.uint8) * 255)
    if drawn is not None:
        usable = teacher if grey <= USABLE else None
        return _both(name, photo, usable, drawn, kind, clear=grey <= CLEAR)
    if teacher is None or grey > USABLE:
        return None
    weight = np.full_like(teacher, round(255 * np.clip(1.2 - grey, 0.2, 1)))
    return Scene(name, photo, teacher, weight, instances_of(teacher), grey <= CLEAR)


def _person(name: str, photo: Array, teacher: Array | None, drawn: Array) -> Scene:
    """One person, by the teacher's mask if it shows the same as the drawn one."""
    agreed = teacher is not None and _iou(teacher > 127, drawn > 0) >= AGREED
    alpha = teacher if agreed and teacher is not None else drawn
    known = np.full_like(alpha, 255) if agreed else _unsure_edges(drawn)
    return Scene(name, photo, alpha, known, (alpha > 127).astype(np.uint8), agreed)


def _both(name: str, photo: Array, teacher: Array | None, drawn: Array, kind: str, *, clear: bool) -> Scene:
    """Drawn things, with the teacher's edges where it sees them, and what only the teacher sees."""
    instances, void = _drawn_instances(drawn, kind)
    things = (instances > 0).astype(np.uint8) * 255
    alpha, known = things.copy(), np.where(void, 0, 255).astype(np.uint8)
    covered = False
    if teacher is None:  # what nobody drew may be a thing all the same
        known[(things == 0) & ~void] = UNDRAWN
    else:
        for thing in _components(things):
            seen = float(teacher[thing].mean()) / 255
            if seen < 0.7:  # the teacher misses it: only its inside is sure
                known[cv2.dilate(thing.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0
                known[cv2.erode(thing.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 255
                alpha[thing] = 255
            else:
                covered = True
                alpha[thing] = teacher[thing]
        outside = things == 0
        alpha[outside] = teacher[outside]
        known[outside & void & (teacher > 127)] = 255
        instances[(instances == 0) & (teacher > 127)] = _nearest_or_unknown(instances, teacher)
    return Scene(name, photo, alpha, known, instances, clear and covered)


def _nearest_or_unknown(instances: Array, teacher: Array) -> Array:
    """Numbers for what only the teacher sees: that of a thing within a few pixels, else `UNKNOWN`."""
    near = cv2.dilate(
        np.where(instances == UNKNOWN, 0, instances).astype(np.uint8), np.ones((9, 9), np.uint8)
    )
    return np.where(near > 0, near, UNKNOWN)[(instances == 0) & (teacher > 127)].astype(np.uint8)


def _drawn_instances(drawn: Array, kind: str) -> tuple[Array, Array]:
    """Numbers of things and where nothing is known, from the label picture of `kind`."""
    if kind == "coco128":
        order = np.unique(drawn[drawn > 0])[: UNKNOWN - 1]
        table = np.zeros(256, np.uint8)
        table[order] = np.arange(1, len(order) + 1)
        return table[drawn], np.zeros(drawn.shape, bool)
    return voc_instances(drawn), drawn == 255


def _components(mask: Array) -> list[np.ndarray]:
    total, parts = cv2.connectedComponents(mask)
    return [parts == part for part in range(1, total)]


def _unsure_edges(mask: Array) -> Array:
    inner, outer = cv2.erode(mask, np.ones((3, 3), np.uint8)), cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return np.where(inner == outer, 255, 0).astype(np.uint8)


def _iou(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sum(one & other) / max(1, np.sum(one | other)))


def read_scene(path: Path, masks: Path, kind: str, side: int) -> Scene | None:
    """The scene of a photo of the set `kind`, whose teacher mask, if any, lies in the folder `masks`."""
    photo = read_photo(path)
    soft, labels = masks / f"{path.stem}.png", path.with_suffix(".png")
    teacher = read_labels(soft) if soft.is_file() else None
    drawn = read_labels(labels) if kind in DRAWN and labels.is_file() else None
    scene = scene_of(path.stem, photo, teacher, drawn, kind)
    return reduced(scene, side) if scene is not None else None


def reduced(scene: Scene, side: int) -> Scene:
    """The scene with a longer side of at most `side`."""
    scale = side / max(scene.alpha.shape)
    if scale >= 1:
        return scene
    size = max(1, round(scene.alpha.shape[1] * scale)), max(1, round(scene.alpha.shape[0] * scale))

    def smaller(picture: Array, how: int) -> Array:
        return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)

    return replace(
        scene,
        photo=smaller(scene.photo, cv2.INTER_AREA),
        alpha=smaller(scene.alpha, cv2.INTER_AREA),
        known=smaller(scene.known, cv2.INTER_NEAREST),
        instances=smaller(scene.instances, cv2.INTER_NEAREST),
    )


def load_scenes(data: Path, masks: Path, split: str, side: int) -> dict[str, list[Scene]]:
    """Scenes of all sets in `data`, by set; the teacher's masks lie under the same paths in `masks`."""
    return {
        name: [
            scene
            for path in photos_of(data, name, split)
            if (scene := read_scene(path, masks / name, name, side)) is not None
        ]
        for name in present(data)
    }
