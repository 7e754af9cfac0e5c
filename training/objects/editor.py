"""What the editor itself finds, in the same form: the number to beat."""

from __future__ import annotations

import numpy as np

import inpaint_studio as ips
from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.grouping import Grouped
from inpaint_studio.studio.find import Picker
from training.common.samples import Array
from training.objects.components import UNKNOWN


def see(photo: Array) -> Grouped:
    """The editor's subject as coverage, and all things that `find_objects` names; areas are left out."""
    size = (photo.shape[0], photo.shape[1])
    try:
        alpha = Picker(photo).subject().full(size).astype(np.float32) / 255
    except StudioError:  # nothing stands out
        alpha = np.zeros(size, np.float32)
    found = [thing for thing in ips.find_objects(photo) if thing.kind == "thing"][: UNKNOWN - 1]
    instances = np.zeros(size, np.uint8)
    for number, thing in enumerate(found, 1):
        instances[thing.mask.full(size) > 127] = number
    return Grouped(alpha, instances, [thing.score for thing in found])
