"""What an ONNX file says of itself, read from its bytes without running or trusting it.

An ONNX file is a protocol buffer (onnx.proto3 of the ONNX project; the numbers of fields are from there).
Only what is asked is looked at: names and shapes of inputs and outputs, operators, and whether weights lie
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from inpaint_studio.basics import StudioError, message

STANDARD: Final = frozenset(("", "ai.onnx", "com.microsoft"))
"""Domains of operators that ONNX Runtime brings; others would be code from elsewhere."""
_DEEPEST: Final = 16
_MOST_PARTS: Final = 2_000_000
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_EXTERNAL: Final = 1


@dataclass(slots=True)
class Facts:
    """A graph's inputs and outputs by name with their sides (0: any), and the domains of its operators.

    `external` says that weights lie in other files.
    """

    inputs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    outputs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    domains: set[str] = field(default_factory=set)
    external: bool = False


class _Damaged(Exception):
    pass


class _Parts:
    """Fields of messages; counts them, so that a hostile file is not walked for ever."""

    def __init__(self) -> None:
        self._left = _MOST_PARTS

    def of(self, data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
        """Number and value of each field of a message."""
        at = 0
        while at < len(data):
            self._left -= 1
            if self._left < 0:
                raise _Damaged
            key, at = _varint(data, at)
            kind = key & 7
            if kind == _VARINT:
                value, at = _varint(data, at)
                yield key >> 3, value
            elif kind == _BYTES:
                length, at = _varint(data, at)
                if at + length > len(data):
                    raise _Damaged
                yield key >> 3, data[at : at + length]
                at += length
            elif kind in (_FIXED64, _FIXED32):
                at += 8 if kind == _FIXED64 else 4
            else:
                raise _Damaged


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if not byte & 128:
            return value, at
        shift += 7
    raise _Damaged


def facts(data: bytes, name: str) -> Facts:
    """What the bytes of an ONNX file say. Raises StudioError if they are none."""
    found = Facts()
    try:
        _model(memoryview(data), found, _Parts())
    except (_Damaged, UnicodeDecodeError, RecursionError):
        found = Facts()
    if not found.inputs or not found.outputs:
        raise StudioError(message("models.no_onnx", file=name))
    return found


def check(found: Facts, name: str) -> None:
    """Raises StudioError for a graph that must not be run: weights elsewhere, operators of strangers."""
    if found.external:
        raise StudioError(message("models.weights_elsewhere", file=name))
    strange = found.domains - STANDARD
    if strange:
        raise StudioError(message("models.strange_operators", file=name, domain=sorted(strange)[0]))


def _text(value: int | memoryview) -> str:
    return bytes(value).decode() if isinstance(value, memoryview) else ""


def _model(data: memoryview, found: Facts, parts: _Parts) -> None:
    for number, value in parts.of(data):
        if isinstance(value, memoryview):
            if number == 7:
                _graph(value, found, parts, 0)
            elif number == 25:
                # A function of the model's own: its nodes count, its ports do not.
                for inner, node in parts.of(value):
                    if inner == 7 and isinstance(node, memoryview):
                        _node(node, found, parts, 1)


def _graph(data: memoryview, found: Facts, parts: _Parts, depth: int) -> None:
    if depth > _DEEPEST:
        raise _Damaged
    weights: set[str] = set()
    for number, value in parts.of(data):
        if not isinstance(value, memoryview):
            continue
        if number == 1:
            _node(value, found, parts, depth)
        elif number == 5:
            weights.add(_tensor(value, found, parts))
        elif depth == 0 and number in (11, 12):
            name, sides = _port(value, parts)
            (found.inputs if number == 11 else found.outputs)[name] = sides
    if depth == 0:
        # Old files list their weights among the inputs, too.
        found.inputs = {name: sides for name, sides in found.inputs.items() if name not in weights}


def _node(data: memoryview, found: Facts, parts: _Parts, depth: int) -> None:
    domain = ""
    for number, value in parts.of(data):
        if number == 7:
            domain = _text(value)
        elif number == 5 and isinstance(value, memoryview):
            for inner, attribute in parts.of(value):
                if isinstance(attribute, memoryview) and inner in (6, 11):
                    _graph(attribute, found, parts, depth + 1)
                elif isinstance(attribute, memoryview) and inner in (5, 10):
                    _tensor(attribute, found, parts)
    found.domains.add(domain)


def _tensor(data: memoryview, found: Facts, parts: _Parts) -> str:
    """Notes whether a tensor's numbers lie elsewhere; its name."""
    name = ""
    for number, value in parts.of(data):
        if number == 8:
            name = _text(value)
        elif number == 13 or (number == 14 and value == _EXTERNAL):
            found.external = True
    return name


def _port(data: memoryview, parts: _Parts) -> tuple[str, tuple[int, ...]]:
    name, sides = "", list[int]()
    for number, value in parts.of(data):
        if number == 1:
            name = _text(value)
        elif number == 2 and isinstance(value, memoryview):
            sides = [_side(side, parts) for side in _dimensions(value, parts)]
    return name, tuple(sides)


def _dimensions(kind: memoryview, parts: _Parts) -> Iterator[memoryview]:
    """TypeProto → tensor_type → shape → dim."""
    for number, tensor in parts.of(kind):
        if number == 1 and isinstance(tensor, memoryview):
            for inner, shape in parts.of(tensor):
                if inner == 2 and isinstance(shape, memoryview):
                    yield from (d for n, d in parts.of(shape) if n == 1 and isinstance(d, memoryview))


def _side(data: memoryview, parts: _Parts) -> int:
    return next((v for n, v in parts.of(data) if n == 1 and isinstance(v, int) and 0 < v < 1 << 31), 0)
