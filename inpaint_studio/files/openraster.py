"""OpenRaster containers: the zip, its members and stack.xml (openraster.org, draft 0.0.5)."""

from __future__ import annotations

import math
import os
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document import BLEND_MODES
from inpaint_studio.files import limits
from inpaint_studio.files.limits import DECODE_ERRORS
from inpaint_studio.files.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

MIMETYPE = "image/openraster"
VERSION = "0.0.5"
_OPS = {mode.operation: name for name, mode in BLEND_MODES.items()} | {
    "svg:normal": "normal",
    "krita:soft_light": "soft-light",
}
_ONCE = {"exclusion": "svg:src-over"}
"""The composite-op that versions up to 0.2 wrote for some blend modes."""
_NOT_XML = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def op_of(blend: str) -> str:
    """The composite-op that is written for a blend mode."""
    return BLEND_MODES[blend].operation


def written_as(blend: str) -> tuple[str, ...]:
    """The composite-ops that stand for a blend mode in our own files, old ones too."""
    return op_of(blend), _ONCE.get(blend, op_of(blend))


def plain_name(name: str) -> str:
    """A name as XML can hold it."""
    return _NOT_XML.sub(" ", name)


@dataclass(frozen=True, slots=True)
class StackNode:
    """What layers and groups of stack.xml have in common."""

    name: str = ""
    opacity: float = 1.0
    visible: bool = True
    op: str = "svg:src-over"
    locked: bool = False

    @property
    def blend(self) -> str | None:
        """The blend mode; None for an operation this program does not have."""
        return _OPS.get(self.op)

    @property
    def operator(self) -> str:
        """The name of the operator that joins it to what lies below, "" if it is simply laid over that."""
        name = self.op.removeprefix("svg:")
        return name if name in OPERATORS else ""


@dataclass(frozen=True, slots=True)
class StackLayer(StackNode):
    """One layer of stack.xml; x and y from the canvas corner, places of its groups added."""

    src: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True, slots=True)
class StackGroup(StackNode):
    """A stack inside the stack; `children` are bottom first."""

    children: tuple[StackNode, ...] = ()
    isolated: bool = False

    @property
    def apart(self) -> bool:
        """Whether its children do not see what lies below it."""
        return self.isolated or self.opacity < 1 or self.blend != "normal"

    @property
    def sources(self) -> tuple[str, ...]:
        """The members of all layers in it, bottom first."""
        return tuple(_sources(self.children))


def _sources(nodes: tuple[StackNode, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, StackGroup):
            yield from _sources(node.children)
        elif isinstance(node, StackLayer):
            yield node.src


@dataclass(frozen=True, slots=True)
class Stack:
    """What stack.xml holds, bottom first, and the canvas's width and height."""

    width: int
    height: int
    nodes: tuple[StackNode, ...]


class Writer:
    """Writes members in order; the first is the mimetype. The same content gives the same bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)

    def add(self, name: str, data: bytes, pack: bool = False) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o644 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        self._zip.writestr(info, data, compresslevel=1 if pack else None)

    def __enter__(self) -> Writer:
        try:
            self.add("mimetype", MIMETYPE.encode())
        except OSError:
            # Else it is tried again when it is forgotten, and told on the terminal.
            with suppress(OSError):
                self._zip.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()


class Reader:
    """The members of a stranger's zip, never more than the limits allow; nothing is ever extracted."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = Path(path).name
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError as error:
            raise StudioError(message("file.not_found", name=self.name)) from error
        except (zipfile.BadZipFile, *DECODE_ERRORS) as error:
            raise StudioError(message("project.incomplete", name=self.name)) from error
        try:
            self._check(self._zip.infolist())
        except StudioError:
            self.close()
            raise

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._zip.close()

    def __contains__(self, member: object) -> bool:
        return member in self._zip.NameToInfo

    def damaged(self, why: str) -> StudioError:
        return StudioError(message("project.damaged", name=self.name, why=why))

    def refused(self, why: str) -> StudioError:
        return StudioError(message("project.not_trusted", name=self.name, why=why))

    def _check(self, members: list[zipfile.ZipInfo]) -> None:
        if len(members) > limits.MAX_MEMBERS:
            raise self.refused("it has too many members")
        twice = [name for name, count in Counter(m.filename for m in members).items() if count > 1]
        if twice:
            raise self.refused(f"its member “{twice[0]}” is there twice")
        if sum(m.file_size for m in members) > limits.MAX_TOTAL_BYTES:
            raise self.refused("it unpacks to too many bytes")
        for member in members:
            self._check_member(member)

    def _check_member(self, member: zipfile.ZipInfo) -> None:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            raise self.refused("it has a member outside of its own folders")
        if member.flag_bits & 1:
            raise self.refused("it is encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.refused("it is packed in a way OpenRaster does not allow")
        swollen = member.file_size > limits.MAX_RATIO * max(member.compress_size, 1)
        if member.file_size > limits.MAX_MEMBER_BYTES or (
            member.file_size > limits.RATIO_FROM_BYTES and swollen
        ):
            raise self.refused(f"its member “{member.filename}” unpacks to too many bytes")

    def read(self, member: str) -> bytes:
        """The bytes of a member. Raises StudioError if it is missing, damaged or too large."""
        if member not in self:
            raise self.damaged(f"its member “{member}” is missing")
        try:
            return self._zip.read(member)
        except (zipfile.BadZipFile, *DECODE_ERRORS) as error:
            raise self.damaged(f"its member “{member}” cannot be read") from error

    def read_text(self, member: str) -> str:
        """A UTF-8 member of at most `MAX_TEXT_BYTES`."""
        if member in self and self._zip.getinfo(member).file_size > limits.MAX_TEXT_BYTES:
            raise self.refused(f"its member “{member}” is too large")
        try:
            return self.read(member).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.damaged(f"its member “{member}” is not UTF-8 text") from error


def with_operators(nodes: tuple[StackNode, ...]) -> bool:
    """Whether something that shows is joined to what lies below by an operator."""
    shown = [node for node in nodes if node.visible]
    inside = (node.children for node in shown if isinstance(node, StackGroup))
    return any(node.operator for node in shown) or any(with_operators(each) for each in inside)


def stack_xml(stack: Stack) -> bytes:
    """stack.xml; the topmost layer comes first in it."""
    image = ET.Element("image", version=VERSION, w=str(stack.width), h=str(stack.height))
    _add_nodes(ET.SubElement(image, "stack"), stack.nodes)
    text: bytes = ET.tostring(image, encoding="utf-8", xml_declaration=True)
    return text


def _add_nodes(stack: ET.Element, nodes: tuple[StackNode, ...]) -> None:
    for node in reversed(nodes):
        if isinstance(node, StackGroup):
            isolation = {"isolation": "isolate" if node.isolated else "auto"}
            _add_nodes(ET.SubElement(stack, "stack", _written(node, isolation)), node.children)
        elif isinstance(node, StackLayer):
            place = {"src": node.src, "x": str(node.x), "y": str(node.y)}
            ET.SubElement(stack, "layer", _written(node, place))


def _written(node: StackNode, own: dict[str, str]) -> dict[str, str]:
    """The attributes of a layer or group; `own` are those that only one of the two has."""
    return {
        "name": plain_name(node.name),
        **own,
        "opacity": repr(float(node.opacity)),
        "visibility": "visible" if node.visible else "hidden",
        "composite-op": node.op,
    } | ({"edit-locked": "true"} if node.locked else {})


def read_stack(reader: Reader) -> Stack:
    """The stack of any program's OpenRaster file. Raises StudioError for what is not one."""
    if "mimetype" in reader and reader.read_text("mimetype").strip() != MIMETYPE:
        raise StudioError(message("project.no_openraster", name=reader.name))
    if "stack.xml" not in reader:
        raise StudioError(message("project.no_stack", name=reader.name))
    text = reader.read_text("stack.xml")
    if "<!ENTITY" in text:
        raise reader.refused("its stack.xml declares entities")
    try:
        image = ET.fromstring(text)
    except (ET.ParseError, ValueError) as error:
        raise reader.damaged("its stack.xml is not XML") from error
    root = image.find("stack")
    if image.tag != "image" or root is None:
        raise reader.damaged("its stack.xml has no stack")
    width, height = (_whole(image.get(key), reader, key) for key in ("w", "h"))
    limits.check_size(reader.name, width, height)
    return Stack(width, height, _nodes(root, (0, 0), reader, 1))


def _nodes(stack: ET.Element, corner: tuple[int, int], reader: Reader, depth: int) -> tuple[StackNode, ...]:
    """What a stack holds, bottom first; `corner` is where it lies."""
    if depth > limits.MAX_STACK_DEPTH:
        raise reader.refused("its groups are nested too deeply")
    nodes: list[StackNode] = []
    for element in reversed(stack):
        if element.tag not in ("stack", "layer"):
            continue
        x, y = (at + _whole(element.get(key, "0"), reader, key) for at, key in zip(corner, "xy", strict=True))
        known = _attributes(element, reader)
        if element.tag == "layer":
            nodes.append(StackLayer(**known, src=element.get("src", ""), x=x, y=y))
        else:
            isolated = element.get("isolation", "auto") == "isolate"
            nodes.append(
                StackGroup(**known, children=_nodes(element, (x, y), reader, depth + 1), isolated=isolated)
            )
    return tuple(nodes)


def _attributes(element: ET.Element, reader: Reader) -> dict[str, Any]:
    """What a layer and a group of stack.xml have in common."""
    opacity = _number(element.get("opacity"), reader, "opacity", 1.0)
    return {
        "name": element.get("name", ""),
        "opacity": min(1.0, max(0.0, opacity)),
        "visible": element.get("visibility", "visible") != "hidden",
        "op": element.get("composite-op", "svg:src-over"),
        "locked": element.get("edit-locked") == "true",
    }


def _number(text: str | None, reader: Reader, what: str, default: float | None = None) -> float:
    if text is None and default is not None:
        return default
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e9:
        raise reader.damaged(f"a number in its stack.xml ({what}) is wrong")
    return value


def _whole(text: str | None, reader: Reader, what: str) -> int:
    """Some programs write positions as 12.0."""
    return round(_number(text, reader, what))
