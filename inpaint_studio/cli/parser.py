"""What may be said on the command line."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inpaint_studio import __version__
from inpaint_studio.basics import StudioError
from inpaint_studio.basics.values import Flag, Number
from inpaint_studio.studio.fill import fill_parameters
from inpaint_studio.studio.fill_options import filler_choices
from inpaint_studio.studio.save import picture_parameters

if TYPE_CHECKING:
    from inpaint_studio.basics.parameters import Parameter, Value
from inpaint_studio.cli import batch, models

COMMANDS = (
    "objects", "select", "fill", "remove", "enhance", "layers", "batch", "do", "verbs", "models", "selftest",
)  # fmt: skip

_TOP = """\
inpaint-studio [FILE ...]        opens the editor, with photos or projects (.ora)
inpaint-studio COMMAND ...       does one thing and ends; COMMAND --help tells more

commands:
  objects   find the objects of a photo; masks and cutouts as PNG
  select    a mask from points or a box
  fill      fill a photo where a mask is white
  remove    remove an object and fill what was behind it
  enhance   take noise, JPEG blocks and blur out of a photo
  layers    every object a layer over a filled backdrop, as OpenRaster or PSD
  batch     one of these for many photos
  do        verbs of the editor, one after the other, to a photo or project
  verbs     list the verbs and what they take
  models    the networks: which there are, and your own
  selftest  start every part once
"""


def point(text: str) -> tuple[float, float]:
    """X,Y in pixels."""
    x, y = _numbers(text, 2, "X,Y")
    return x, y


def name_or_point(text: str) -> str | tuple[float, float]:
    """X,Y in pixels, or else a word."""
    return point(text) if text[:1].isdigit() else text


def box(text: str) -> tuple[int, int, int, int]:
    """X,Y,W,H in whole pixels; width and height at least 1."""
    values = _numbers(text, 4, "X,Y,W,H")
    if any(v != int(v) for v in values) or values[2] < 1 or values[3] < 1:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no box X,Y,W,H of whole pixels with a width and a height"
        )
    x, y, w, h = (int(v) for v in values)
    return x, y, w, h


def _numbers(text: str, count: int, form: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != count or any(abs(v) > 1e9 or v != v for v in values):
        raise argparse.ArgumentTypeError(f"“{text}” is not of the form {form}, such as 120,80")
    return values


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("this is a number from 0 to 1")
    return value


def make_parser() -> argparse.ArgumentParser:
    """The parser of the commands; what has no command opens the editor and is not parsed by it."""
    parser = argparse.ArgumentParser(
        prog="inpaint-studio", usage="inpaint-studio [FILE ...] | COMMAND ...", description=_TOP,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"Inpaint Studio {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", help=argparse.SUPPRESS)
    _add_find(commands)
    _add_paint(commands)
    _add_rest(commands)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, photo: bool = True
) -> argparse.ArgumentParser:
    sub = commands.add_parser(name, description=text, allow_abbrev=False)
    if photo:
        sub.add_argument("photo", type=Path, metavar="PHOTO")
    sub.add_argument("--json", action="store_true", help="print the result as JSON")
    return sub


def _add_find(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(commands, "objects", "Find the objects of a photo, largest and surest first.")
    sub.add_argument(
        "-o", dest="output", type=Path, metavar="DIR", help="write masks and cutouts into this folder"
    )
    sub.add_argument("--finder", default="", metavar="NAME", help="another way of finding, such as is-net")
    sub = _command(commands, "select", "Make the mask of one object from points on it or a box around it.")
    sub.add_argument("--at", type=point, action="append", default=[], metavar="X,Y", help="inside the object")
    sub.add_argument(
        "--not", type=point, action="append", default=[], dest="outside", metavar="X,Y", help="not part of it"
    )
    sub.add_argument("--box", type=box, metavar="X,Y,W,H", help="around the object")
    sub.add_argument("-o", dest="output", type=Path, required=True, metavar="MASK.png")


def _add_paint(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(commands, "fill", "Fill a photo exactly where a mask of the same size is not black.")
    sub.add_argument("mask", type=Path, metavar="MASK")
    _add_painting(sub)
    sub = _command(commands, "remove", "Remove an object and fill what was behind it.")
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("--label", metavar="WORD", help="all objects of this name, as “objects” lists them")
    which.add_argument("--at", type=point, metavar="X,Y", help="the object at this point")
    which.add_argument("--box", type=box, metavar="X,Y,W,H", help="the object inside this box")
    which.add_argument("--area", type=box, metavar="X,Y,W,H", help="this rectangle itself")
    _add_painting(sub)
    sub.add_argument(
        "--hole-out", type=Path, metavar="HOLE.png", help="write what was painted over: white on black"
    )


def _add_painting(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("-o", dest="output", type=Path, required=True, metavar="OUT")
    fillers = [filler for filler, _ in filler_choices()]
    sub.add_argument("--filler", default=fillers[0], metavar="NAME", help=f"one of: {', '.join(fillers)}")
    sub.add_argument("--seed", type=int, default=0, metavar="N", help="another seed gives another fill")
    for parameter in fill_parameters():
        _add_parameter(sub, parameter)
    sub.add_argument(
        "--like",
        type=name_or_point,
        metavar="NAME|X,Y",
        help="copy only from what is called so (sky, road, trees, wall ...), or from what lies at this point",
    )
    sub.add_argument(
        "--keep-out", type=Path, metavar="MASK", help="nothing is copied from where this mask is not black"
    )
    for written in picture_parameters():
        _add_parameter(sub, written)


def given_for(chosen: argparse.Namespace, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """The values that were given for declared parameters, by their names."""
    given = {parameter.name: getattr(chosen, parameter.name) for parameter in parameters}
    return {name: value for name, value in given.items() if value is not None}


def _add_parameter(sub: argparse.ArgumentParser, parameter: Parameter) -> None:
    """The option of a declared parameter; not given, it is None."""
    flag = f"--{parameter.name.replace('_', '-')}"
    help_text = f"{parameter.help[:1].lower()}{parameter.help[1:]} (default {parameter.default})"
    if isinstance(parameter.value, Flag):
        sub.add_argument(
            flag, dest=parameter.name, action=argparse.BooleanOptionalAction, default=None, help=help_text
        )
        return
    kind = partial(_value, parameter)
    word = "N" if isinstance(parameter.value, Number) else "WORD"
    sub.add_argument(flag, dest=parameter.name, type=kind, default=None, metavar=word, help=help_text)


def _value(parameter: Parameter, text: str) -> Value:
    try:
        return parameter.checked(float(text) if isinstance(parameter.value, Number) else text)
    except (StudioError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _add_verbs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(commands, "do", "Do verbs, as “verbs” lists them, to a photo or project and save it.")
    sub.add_argument(
        "words", nargs="*", metavar="VERB [NAME=VALUE ...]", help="a layer may be named by its name"
    )
    sub.add_argument("--script", type=Path, metavar="FILE.json", help="a list of verbs with their parameters")
    sub.add_argument(
        "-o", dest="output", type=Path, required=True, metavar="OUT", help="a project or a picture"
    )
    for written in picture_parameters():
        _add_parameter(sub, written)
    _command(commands, "verbs", "List what the editor can do, with keys and parameters.", photo=False)


def _add_rest(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(commands, "enhance", "Take noise, JPEG blocks and blur out of a photo.")
    sub.add_argument("-o", dest="output", type=Path, required=True, metavar="OUT")
    sub.add_argument(
        "--strength", type=_share, default=1.0, metavar="N", help="0 changes nothing, 1 (default) all"
    )
    for written in picture_parameters():
        _add_parameter(sub, written)
    sub = _command(commands, "layers", "Save every object as a layer over a filled backdrop.")
    sub.add_argument("-o", dest="output", type=Path, required=True, metavar="OUT.ora or OUT.psd")
    batch.add(commands)
    _add_verbs(commands)
    models.add(commands)
    sub = _command(commands, "selftest", "Start every part once and print what works.", photo=False)
    sub.add_argument("--window", action="store_true", help="also open the editor's window")
