"""Every change names a rectangle outside of which no pixel of the picture differs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask, StudioError
from inpaint_studio.basics.mask import unite_boxes
from inpaint_studio.document import BLEND_MODES, Change, Document, Photo, Transform
from inpaint_studio.render import render
from inpaint_studio.studio import edit, fill, fill_options, lift
from inpaint_studio.studio.properties import set_property


class Monkey:
    """Does a random verb to a document."""

    def __init__(self, document: Document, seed: int, *, gentle: bool) -> None:
        self.gentle = gentle
        self.document, self.rng = document, np.random.default_rng(seed)
        self.verbs = [
            self.lift,
            self.lift,
            self.remove,
            self.move,
            self.move,
            self.move_home,
            self.turn,
            self.refine,
            self.opacity,
            self.blend,
            self.hide,
            self.reorder,
            self.reorder,
            self.delete,
            self.put_back,
            self.duplicate,
            self.settle,
            self.fill,
            self.fill,
            self.fill_again,
            self.found,
            self.select,
            self.undo,
            self.undo,
            self.redo,
            self.go_to,
            self.flip,
            self.solo,
            self.paste,
            self.filler,
        ]

    def act(self) -> str:
        if self.gentle and self.rng.random() < 0.8:
            # Cutouts that often come to lie where they were lifted.
            calm = (
                self.lift,
                self.move,
                self.move_home,
                self.move_home,
                self.move_home,
                self.reorder,
                self.settle,
                self.fill,
            )
            verb = calm[self.rng.integers(len(calm))]
        else:
            verb = self.verbs[self.rng.integers(len(self.verbs))]
        try:
            verb()
        except StudioError:
            return f"{verb.__name__} refused"
        return verb.__name__

    def mask(self) -> Mask:
        w, h = self.rng.integers(5, 12 if self.gentle else 22, 2)
        crop = np.full((h, w), 255, np.uint8)
        crop[: h // 2, : w // 2] = self.rng.choice([0, 90])
        return Mask.place(crop, int(self.rng.integers(-4, 70)), int(self.rng.integers(-4, 50)))

    def any(self, *, top: bool = True) -> str:
        if self.gentle and top and len(self.document.layers) == 1:
            raise StudioError("There is no cutout.")
        layers = self.document.layers[1:] if top and len(self.document.layers) > 1 else self.document.layers
        return layers[self.rng.integers(len(layers))].id

    def lift(self) -> None:
        if len(self.document.layers) < 9:
            lift.lift(
                self.document, self.mask(), "car", self.any(top=False) if self.rng.random() < 0.5 else None
            )

    def remove(self) -> None:
        lift.remove(self.document, self.mask(), "blot", self.any(top=False))

    def move(self) -> None:
        layer = self.document.layer(self.any())
        dx, dy = self.rng.integers(-25, 25, 2)
        half = 0.5 * float(self.rng.random() < 0.2)
        key = f"drag {self.rng.integers(3)}" if self.rng.random() < 0.4 else None
        edit.transform(
            self.document, layer.id, replace(layer.transform, dx=float(dx) + half, dy=float(dy)), key
        )

    def move_home(self) -> None:
        layer = self.document.layer(self.any())
        parent = self.document.tree.origin(layer)
        home = Transform() if parent is None else parent.transform
        edit.transform(self.document, layer.id, home.rebased(layer.transform.pivot))
        if self.gentle:
            set_property(self.document, layer.id, "opacity", 1)
            set_property(self.document, layer.id, "blend", "normal")

    def turn(self) -> None:
        layer = self.document.layer(self.any())
        scale = self.rng.choice([-1.0, 0.3, 0.7, 1.0, 1.6, 2.4], 2)
        new = replace(
            layer.transform,
            degrees=float(self.rng.integers(0, 360)),
            scale_x=float(scale[0]),
            scale_y=float(scale[1]),
        )
        edit.transform(self.document, layer.id, new, step="step.rotate")

    def flip(self) -> None:
        edit.flip(self.document, self.any(), horizontal=bool(self.rng.integers(2)))

    def refine(self) -> None:
        layer = self.document.layer(self.any())
        if layer.mask is not None:
            mask = self.mask()
            new = layer.mask.union(mask) if self.rng.random() < 0.6 else layer.mask.minus(mask)
            h, w = layer.source.shape[:2]
            lift.refine(self.document, layer.id, new.clipped((0, 0, w, h)))

    def opacity(self) -> None:
        set_property(
            self.document,
            self.any(top=self.gentle or self.rng.random() < 0.9),
            "opacity",
            self.rng.choice([0, 0.4, 1, 1]),
        )

    def blend(self) -> None:
        set_property(self.document, self.any(), "blend", self.rng.choice(["normal", "normal", *BLEND_MODES]))

    def hide(self) -> None:
        layer = self.document.layer(self.any(top=self.gentle or self.rng.random() < 0.9))
        set_property(self.document, layer.id, "visible", not layer.visible)

    def solo(self) -> None:
        if self.rng.random() < 0.3 and not self.gentle:
            edit.solo(self.document, self.any())

    def reorder(self) -> None:
        edit.reorder(self.document, self.any(), int(self.rng.integers(0, 9)))

    def delete(self) -> None:
        edit.delete(self.document, self.any())

    def put_back(self) -> None:
        edit.put_back(self.document, self.any())

    def duplicate(self) -> None:
        if len(self.document.layers) < 9:
            edit.duplicate(self.document, self.any(top=self.rng.random() < 0.8))

    def paste(self) -> None:
        if len(self.document.layers) < 9:
            w, h, channels = self.rng.integers(5, 40), self.rng.integers(5, 40), self.rng.choice([3, 4])
            lift.put_picture(
                self.document, Photo(self.rng.integers(0, 256, (h, w, channels)).astype(np.uint8))
            )

    def settle(self) -> None:
        layer = self.document.layer(self.any())
        if layer.kind == "cutout" and layer.mask is not None:
            lift.settle_cut(self.document, layer.mask, lift.make_cut(layer, layer.mask, None))  # type: ignore[arg-type]

    def fill(self) -> None:
        missing = self.document.missing_parts()
        if missing:
            layer, part = missing[self.rng.integers(len(missing))]
            for made in fill.run(fill.request(self.document, layer, part)):
                self.document.put_fill(part, made.patch, made.final)

    def fill_again(self) -> None:
        fill_options.fill_again(self.document, self.any(top=False))

    def filler(self) -> None:
        fill_options.set_filler(self.document, self.any(top=False), str(self.rng.choice(["auto", "telea"])))

    def found(self) -> None:
        lift.set_found(self.document, [FoundObject(self.mask(), "dog", 0.5)])

    def select(self) -> None:
        lift.set_selection(self.document, self.mask() if self.rng.random() < 0.7 else None, "Select")

    def undo(self) -> None:
        if self.document.can_undo:
            self.document.undo()

    def redo(self) -> None:
        if self.document.can_redo:
            self.document.redo()

    def go_to(self) -> None:
        steps = len(self.document.history.steps)
        if steps:
            self.document.go_to(int(self.rng.integers(max(0, steps - 12), steps + 1)))


@pytest.mark.parametrize("seed", range(8))
def test_nothing_changes_outside_of_what_was_told(seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (56, 76, 4 if seed == 5 else 3)).astype(np.uint8)
    document = Document(Photo(pixels))
    document.history._limit = 100_000
    monkey, heard = Monkey(document, seed, gentle=seed % 2 == 1), list[Change]()
    document.subscribe(heard.append)
    before, done, rested = render(document.snapshot()).pixels, list[str](), 0
    for _ in range(300):
        heard.clear()
        done.append(monkey.act())
        after = render(document.snapshot()).pixels
        x, y, w, h = unite_boxes(change.rect for change in heard)
        x, y, right, bottom = max(x, 0), max(y, 0), max(x + w, 0), max(y + h, 0)
        rest = after.copy()
        rest[y:bottom, x:right] = before[y:bottom, x:right]
        assert np.array_equal(rest, before), done[-12:]
        assert document.history.bytes <= 100_000
        before = after
        rested += len(document.tree.at_home)
    assert sum(name.endswith("refused") for name in done) < 150
    assert rested > 50 or not monkey.gentle


def test_a_selection_or_found_objects_redraw_nothing(document: Document) -> None:
    heard = list[Change]()
    document.subscribe(heard.append)
    mask = Mask.place(np.full((5, 5), 255, np.uint8), 9, 9)
    lift.set_selection(document, mask, "Select")
    lift.set_found(document, [FoundObject(mask, "dog", 1.0)])
    assert [(c.rect[2:], c.selection, c.found, c.layers) for c in heard] == [
        ((0, 0), True, False, False),
        ((0, 0), False, True, False),
    ]


def test_moving_redraws_only_where_the_cutout_was_and_is(document: Document) -> None:
    car = lift.lift(document, Mask.place(np.full((10, 10), 255, np.uint8), 20, 20), "car")
    edit.transform(document, car, Transform(60, 60))
    heard = list[Change]()
    document.subscribe(heard.append)
    edit.transform(document, car, Transform(64, 60))
    assert heard[0].rect == (80, 80, 14, 10)
