"""The Image menu: verbs on the picture as a whole."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import Message, message
from inpaint_studio.basics.values import Choice, Flag, Number
from inpaint_studio.studio import canvas, guides
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.parameters import Parameter, Whole
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.document.guides import Axis
    from inpaint_studio.studio.verbs.verb import VerbContext


def _crop(context: VerbContext, x: int, y: int, width: int, height: int, degrees: float, fill: bool) -> None:
    canvas.crop(context.opened, (x, y, width, height), degrees, fill=fill)


def _crop_to_selection(context: VerbContext) -> None:
    canvas.crop_to_selection(context.opened)


def _canvas_size(context: VerbContext, width: int, height: int, across: int, down: int, fill: bool) -> None:
    canvas.set_canvas_size(context.opened, width, height, (across, down), fill=fill)


def _image_size(context: VerbContext, width: int, height: int) -> None:
    canvas.set_image_size(context.opened, width, height)


def _turn(quarters: int, context: VerbContext) -> None:
    canvas.turn(context.opened, quarters)


def _mirror(horizontal: bool, context: VerbContext) -> None:
    canvas.mirror(context.opened, horizontal=horizontal)


def _reveal_all(context: VerbContext) -> None:
    canvas.reveal_all(context.opened)


def _has_guides(context: VerbContext) -> Message | None:
    if context.document is None:
        return message("no_document")
    return None if context.document.state.guides else message("no_guide")


def _add_guide(context: VerbContext, axis: Axis, place: float) -> None:
    guides.add(context.opened, axis, place)


def _move_guide(context: VerbContext, number: int, place: float) -> None:
    guides.move(context.opened, number, place)


def _remove_guide(context: VerbContext, number: int) -> None:
    guides.remove(context.opened, number)


def _clear_guides(context: VerbContext) -> None:
    guides.clear(context.opened)


_PLACE = Whole(-canvas.MOST_SIDE, canvas.MOST_SIDE)
_SIDE = Whole(1, canvas.MOST_SIDE)
_WIDTH, _HEIGHT = Parameter("width", _SIDE, "Width"), Parameter("height", _SIDE, "Height")


def _fill(default: bool) -> Parameter:
    return Parameter("fill", Flag(), "Fill what is added", default, "The picture goes on where it had ended")


def _anchor(name: str, label: str) -> Parameter:
    return Parameter(name, Whole(-1, 1), label, 0, "-1 at the beginning, 0 in the middle, 1 at the end")


IMAGE = (
    Verb(
        "canvas.size", "Canvas size…", "Image", ("Ctrl+Alt+C",), when.document, _canvas_size,
        (_WIDTH, _HEIGHT, _anchor("across", "Picture from left to right"),
         _anchor("down", "Picture from top to bottom"), _fill(True)),
        interactive=True,
    ),
    Verb(
        "canvas.image_size", "Image size…", "Image", ("Ctrl+Alt+I",), when.document, _image_size,
        (_WIDTH, _HEIGHT), interactive=True,
    ),
    Verb(
        "canvas.crop_to_selection", "Crop to selection", "Image", (), when.selection, _crop_to_selection,
        line=True,
    ),
    Verb("canvas.reveal_all", "Extend to all layers", "Image", (), when.document, _reveal_all),
    Verb("canvas.turn_right", "Rotate right", "Image", (), when.document, partial(_turn, 1), line=True),
    Verb("canvas.turn_left", "Rotate left", "Image", (), when.document, partial(_turn, 3)),
    Verb("canvas.turn_over", "Rotate by 180°", "Image", (), when.document, partial(_turn, 2)),
    Verb(
        "canvas.mirror_horizontal", "Flip picture horizontally", "Image", (), when.document,
        partial(_mirror, True),
    ),
    Verb(
        "canvas.mirror_vertical", "Flip picture vertically", "Image", (), when.document,
        partial(_mirror, False),
    ),
    Verb(
        "canvas.crop", "Crop to a frame", possible=when.document, do=_crop,
        parameters=(
            Parameter("x", _PLACE, "Left of the frame"), Parameter("y", _PLACE, "Top of the frame"),
            _WIDTH, _HEIGHT,
            Parameter("degrees", Number(-180, 180, "°"), "Turn of the frame about its middle", 0.0),
            _fill(False),
        ),
    ),
)  # fmt: skip

_NUMBER = Parameter("number", Whole(0, 10_000), "Number of the guide, from 0")
_LINE = Parameter("place", Number(-canvas.MOST_SIDE, canvas.MOST_SIDE, "px"), "Place on the canvas")

GUIDES = (
    Verb("guide.clear", "Clear guides", "View", (), _has_guides, _clear_guides),
    Verb(
        "guide.add", "Add a guide", possible=when.document, do=_add_guide,
        parameters=(Parameter("axis", Choice(("x", "y")), "x for an upright line, y for a level one"), _LINE),
    ),
    Verb("guide.move", "Move a guide", possible=_has_guides, do=_move_guide, parameters=(_NUMBER, _LINE)),
    Verb("guide.remove", "Remove a guide", possible=_has_guides, do=_remove_guide, parameters=(_NUMBER,)),
)  # fmt: skip
