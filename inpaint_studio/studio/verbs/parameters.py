"""What verbs take: declared values that can be written as JSON and read back."""

from __future__ import annotations

import base64
import math
import zlib
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Mask, Message, Patch
from inpaint_studio.basics.messages import restored
from inpaint_studio.basics.values import Choice, Flag, Number, Text
from inpaint_studio.document import Transform

REQUIRED = object()
"""The default of a parameter that must be given."""


class Kind(Protocol):
    """What a parameter may be: `checked` takes a value or its plain form. ValueError: it is neither."""

    def checked(self, value: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in `low`..`high`."""

    word: ClassVar = "whole number"

    low: int
    high: int

    def checked(self, value: Any) -> int:
        number = int(value)
        if number != value or not self.low <= number <= self.high:
            raise ValueError(value)
        return number


@dataclass(frozen=True, slots=True)
class Name:
    """What a step or an object is called: a text, or a message with its id, which plain values keep, too."""

    word: ClassVar = "text"

    def checked(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        return restored(str(value["id"]), str(value["text"]), dict(value["arguments"]))

    def plain(self, value: str) -> Any:
        if not isinstance(value, Message):
            return value
        return {"id": value.id, "text": str(value), "arguments": dict(value.arguments)}


@dataclass(frozen=True, slots=True)
class Id:
    """The id of something in the document that the verb is about.

    Layers and holes have texts as ids, found objects their number in the list, from 0. Where it is not
    given, it is what the context says: the active layer, the selected ones (a list of ids), the hole looked
    at, the object pointed at, the objects offered (a list of numbers).
    """

    word: Literal["layer", "layers", "hole", "object", "objects"]

    def checked(self, value: Any) -> str | int | list[str] | list[int] | None:
        if value is None:
            return None
        if self.word in ("layers", "objects"):
            kind = str if self.word == "layers" else int
            if not isinstance(value, list) or not all(type(each) is kind for each in value):
                raise ValueError(value)
            return value
        wanted = int if self.word == "object" else str
        if not isinstance(value, str | int) or type(value) is not wanted:
            raise ValueError(value)
        return value


@dataclass(frozen=True, slots=True)
class InGroup:
    """The id of a group; None stands for no group."""

    word: ClassVar = "group"

    def checked(self, value: Any) -> str | None:
        if value is not None and not isinstance(value, str):
            raise ValueError(value)
        return value


@dataclass(frozen=True, slots=True)
class Coverage:
    """A mask; plain: {"x", "y", "width", "height", "coverage"}, the last zlib in base64. None for none."""

    word: ClassVar = "mask"

    def checked(self, value: Any) -> Mask | None:
        if value is None or isinstance(value, Mask):
            return value
        return Mask(*_place(value), _pixels(value, "coverage", 1)[..., 0])

    def plain(self, value: Mask | None) -> Any:
        return None if value is None else _packed(value, "coverage")


@dataclass(frozen=True, slots=True)
class Pixels:
    """RGB pixels with their place; plain as a mask, but "pixels". None for none."""

    word: ClassVar = "pixels"

    def checked(self, value: Any) -> Patch | None:
        if value is None or isinstance(value, Patch):
            return value
        return Patch(*_place(value), _pixels(value, "pixels", 3))

    def plain(self, value: Patch | None) -> Any:
        return None if value is None else _packed(value, "pixels")


@dataclass(frozen=True, slots=True)
class Placement:
    """A transform; plain: its fields by name, those left out as they are by default."""

    word: ClassVar = "transform"

    def checked(self, value: Any) -> Transform:
        if isinstance(value, Transform):
            return value
        given = dict(value)
        if set(given) - {each.name for each in fields(Transform)}:
            raise ValueError(value)
        x, y = (float(v) for v in given.pop("pivot", (0.0, 0.0)))
        made = Transform(pivot=(x, y), **{name: float(v) for name, v in given.items()})
        numbers = (*made.pivot, made.dx, made.dy, made.scale_x, made.scale_y, made.degrees, made.skew)
        if not all(math.isfinite(v) and abs(v) < 1e9 for v in numbers):
            raise ValueError(value)
        return made

    def plain(self, value: Transform) -> Any:
        return asdict(value) | {"pivot": list(value.pivot)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a verb takes: its name, what it may be, what people call it, what it is if not given.

    `help` is a sentence about it.
    """

    name: str
    kind: Kind
    label: str = ""
    default: Any = REQUIRED
    help: str = ""

    def plain(self, value: Any) -> Any:
        """A value as JSON can hold it."""
        write = getattr(self.kind, "plain", None)
        return value if write is None else write(value)

    def described(self) -> dict[str, Any]:
        """The declaration as plain values, for other programs."""
        word = getattr(self.kind, "word", "") or _WORDS[type(self.kind)]
        out: dict[str, Any] = {"name": self.name, "label": self.label, "type": word}
        if isinstance(self.kind, Number | Whole):
            out |= {"low": self.kind.low, "high": self.kind.high}
        if isinstance(self.kind, Choice):
            out["options"] = list(self.kind.options)
        if self.default is not REQUIRED and not isinstance(self.kind, Id):
            out["default"] = self.plain(self.default)
        if self.help:
            out["help"] = self.help
        return out


_WORDS: dict[type, str] = {Number: "number", Choice: "choice", Flag: "flag", Text: "text"}


def _place(plain: Any) -> tuple[int, int]:
    return int(plain["x"]), int(plain["y"])


def _pixels(plain: Any, name: str, channels: int) -> NDArray[Any]:
    """The packed pixels, h×w×channels, uint8, or uint16 where `bits` is 16.

    Raises ValueError where they do not fit their size.
    """
    shape = int(plain["height"]), int(plain["width"]), channels
    kind = np.dtype("<u2" if plain.get("bits") == 16 else "u1")
    if min(shape) < 0 or math.prod(shape) > 1 << 30:
        raise ValueError(shape)
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(plain[name]), math.prod(shape) * kind.itemsize + 1)
    except zlib.error as error:
        raise ValueError(name) from error
    return np.frombuffer(data, kind).reshape(shape)


def _packed(value: Mask | Patch, name: str) -> dict[str, Any]:
    x, y, width, height = value.box
    data = base64.b64encode(zlib.compress(np.ascontiguousarray(value.crop).tobytes(), 6)).decode()
    bits = 8 * value.crop.dtype.itemsize
    return {"x": x, "y": y, "width": width, "height": height, "bits": bits, name: data}
