"""Lifting several things at once: what a nearer one hides of a farther one."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.engines.contracts import Fill
from inpaint_studio.files.project import open_project
from inpaint_studio.render import render
from inpaint_studio.studio import edit
from inpaint_studio.studio.fill import fill_missing
from inpaint_studio.studio.lift import set_found
from inpaint_studio.studio.lift_all import hidden_part, lift_things
from inpaint_studio.studio.save import save

SHAPE = 120, 200
BUS, MAN, GROUND = (200, 40, 40), (40, 60, 200), (90, 140, 90)


def box(x, y, w, h):
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


MAN_MASK = box(90, 40, 14, 60)
BUS_MASK = box(40, 30, 120, 50).minus(MAN_MASK)


class MeanFiller:
    """Paints the hole in the mean colour of what may be copied from."""

    def fill(self, task, **_):
        allowed = task.hole == 0
        if task.source_mask is not None:
            allowed &= task.source_mask > 0
        if task.excluded_mask is not None:
            allowed &= task.excluded_mask == 0
        pixels = task.image.copy()
        pixels[task.hole > 0] = np.median(task.image[allowed], axis=0)
        yield Fill(pixels, True)


@pytest.fixture
def street(engines):
    """A red bus on green ground, and a blue man before it; both were found."""
    engines["filler"] = MeanFiller()
    photo = np.full((*SHAPE, 3), GROUND, np.uint8)
    photo[30:80, 40:160], photo[40:100, 90:104] = BUS, MAN
    document = Document(Photo(photo, "street.png"))
    set_found(document, [FoundObject(BUS_MASK, "bus", 0.9), FoundObject(MAN_MASK, "person", 0.9)])
    return document


def shown(document):
    return render(document.snapshot(), (0, 0, SHAPE[1], SHAPE[0])).pixels[..., :3].astype(int)


def near(pixels, colour):
    return np.abs(pixels - np.array(colour)).max(axis=-1) < 40


def moved(document, layer_id, dx, dy=0):
    layer = document.layer(layer_id)
    place = layer.transform
    document.update("move", replace(layer, transform=replace(place, dx=place.dx + dx, dy=place.dy + dy)))


def test_the_bus_goes_on_behind_the_man_and_is_one_step(street):
    before = street.history.position
    bus, man = lift_things(street, street.state.found)
    assert street.history.position == before + 1
    assert street.layer(bus).mask.same(box(40, 30, 120, 50))
    assert [hole.owner for hole in street.layer(bus).holes] == [man]
    backdrop = street.tree.base
    assert not backdrop.holes[0].mask.intersection(box(92, 60, 10, 10)), "what is hidden leaves no hole"
    assert {bus, man} <= set(street.tree.at_home), "nothing has moved yet"
    assert (shown(street) == street.photo.pixels).all()


def test_a_man_moved_off_a_bus_leaves_the_bus(street):
    _, man = lift_things(street, street.state.found)
    moved(street, man, 0, 60)
    fill_missing(street)
    place = shown(street)[42:78, 92:102]
    assert near(place, BUS).mean() > 0.98


def test_a_bus_moved_from_behind_a_man_is_whole_and_he_stays(street):
    bus, _ = lift_things(street, street.state.found)
    moved(street, bus, -38)
    fill_missing(street)
    picture = shown(street)
    assert near(picture[42:78, 92:102], MAN).mean() > 0.98
    assert near(picture[42:78, 54:64], BUS).mean() > 0.98, "where he stood before it"
    assert near(picture[35:75, 128:156], GROUND).mean() > 0.95


def test_the_project_keeps_that_the_bus_goes_on(street, tmp_path):
    bus, man = lift_things(street, street.state.found)
    save(street, tmp_path / "street.ora")
    again, _ = open_project(tmp_path / "street.ora")
    hole = again.layer(bus).holes[0]
    assert (hole.owner, hole.behind) == (man, True)
    assert not any(each.behind for each in again.tree.base.holes)


def test_putting_the_man_back_leaves_him_in_the_photo(street):
    bus, man = lift_things(street, street.state.found)
    edit.put_back(street, man)
    assert street.layer(bus).mask.same(BUS_MASK) and street.layer(bus).holes == ()
    moved(street, bus, 0, -60)
    fill_missing(street)
    assert near(shown(street)[42:78, 92:102], MAN).mean() > 0.95


def test_one_undo_brings_all_back(street):
    lift_things(street, street.state.found)
    street.undo()
    assert len(street.layers) == 1 and len(street.state.found) == 2


def disc(x, y, radius):
    return Mask.place(cv2.circle(np.zeros(SHAPE, np.uint8), (x, y), radius, 255, -1))


def test_what_only_touches_or_has_gaps_is_not_continued():
    assert not hidden_part(box(10, 10, 40, 40), box(60, 10, 20, 40))
    assert not hidden_part(box(10, 10, 40, 40), box(50, 40, 20, 40)), "beside it"
    ring = Mask.place(cv2.circle(np.zeros(SHAPE, np.uint8), (80, 60), 50, 255, 4))
    assert not hidden_part(ring.minus(disc(80, 60, 20)), disc(110, 60, 25))


def test_a_corner_behind_something_is_continued_as_far_as_that_covers_it():
    far, near_ = disc(70, 60, 40), disc(100, 80, 20)
    part = hidden_part(far.minus(near_), near_)
    assert part and not part.minus(near_)
    assert part.intersection(far).area > 0.7 * far.intersection(near_).area
