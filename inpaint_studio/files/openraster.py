"""OpenRaster containers: the zip, its members and stack.xml (openraster.org, draft 0.0.5)."""

from __future__ import annotations

import math
import os
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document import BLEND_MODES
from inpaint_studio.files import limits
from inpaint_studio.files.limits import DECODE_ERRORS

MIMETYPE = "image/openraster"
VERSION = "0.0.5"
_OPS = {f"svg:{mode}": mode for mode in BLEND_MODES if mode != "exclusion"} | {"svg:src-over": "normal"}
_NOT_XML = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def op_of(blend: str) -> str:
    """The composite-op that is written for a blend mode; exclusion has none of its own."""
    return "svg:src-over" if blend in ("normal", "exclusion") else f"svg:{blend}"


def plain_name(name: str) -> str:
    """A name as XML can hold it."""
    return _NOT_XML.sub(" ", name)


@dataclass(frozen=True, slots=True)
class StackLayer:
    """One layer of stack.xml; x and y from the canvas corner, groups already worked in."""

    src: str
    name: str = ""
    x: int = 0
    y: int = 0
    opacity: float = 1.0
    visible: bool = True
    op: str = "svg:src-over"
    locked: bool = False

    @property
    def blend(self) -> str | None:
        """The blend mode; None for an operation this program does not have."""
        return _OPS.get(self.op)


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of stack.xml, bottom first, and the canvas's width and height."""

    width: int
    height: int
    layers: tuple[StackLayer, ...]
    groups: int = 0
    """How many groups were flattened away."""


class Writer:
    """Writes members in order; the first is the mimetype. The same content gives the same bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self.add("mimetype", MIMETYPE.encode())

    def add(self, name: str, data: bytes, pack: bool = False) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o644 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        self._zip.writestr(info, data, compresslevel=1 if pack else None)

    def __enter__(self) -> Writer:
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
            raise StudioError(f"“{self.name}” was not found. Check its name and folder.") from error
        except (zipfile.BadZipFile, *DECODE_ERRORS) as error:
            raise StudioError(f"“{self.name}” is not an OpenRaster file, or is incomplete.") from error
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
        return StudioError(f"“{self.name}” is damaged: {why}. Open a copy of it that was saved earlier.")

    def refused(self, why: str) -> StudioError:
        return StudioError(f"“{self.name}” was not opened: {why}. Open only files whose origin you trust.")

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


def stack_xml(stack: Stack) -> bytes:
    """stack.xml of a flat stack; the topmost layer comes first in it."""
    image = ET.Element("image", version=VERSION, w=str(stack.width), h=str(stack.height))
    root = ET.SubElement(image, "stack")
    for layer in reversed(stack.layers):
        attributes = {
            "name": plain_name(layer.name),
            "src": layer.src,
            "x": str(layer.x),
            "y": str(layer.y),
            "opacity": repr(float(layer.opacity)),
            "visibility": "visible" if layer.visible else "hidden",
            "composite-op": layer.op,
        }
        ET.SubElement(root, "layer", attributes | ({"edit-locked": "true"} if layer.locked else {}))
    text: bytes = ET.tostring(image, encoding="utf-8", xml_declaration=True)
    return text


def read_stack(reader: Reader) -> Stack:
    """The stack of any program's OpenRaster file. Raises StudioError for what is not one."""
    if "mimetype" in reader and reader.read_text("mimetype").strip() != MIMETYPE:
        raise StudioError(f"“{reader.name}” is not an OpenRaster file. Save it as .ora in its own program.")
    if "stack.xml" not in reader:
        raise StudioError(f"“{reader.name}” is not an OpenRaster file: it has no stack.xml.")
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
    layers, groups = _flatten(root, reader)
    return Stack(width, height, tuple(reversed(layers)), groups)


def _flatten(root: ET.Element, reader: Reader) -> tuple[list[StackLayer], int]:
    """The layers topmost first, and how many groups held them."""
    layers: list[StackLayer] = []
    groups = 0
    # What encloses each element: the group it is in, as a layer, and how deep that lies.
    waiting: list[tuple[ET.Element, StackLayer, int]] = _children(root, StackLayer(""), 1)
    while waiting:
        element, around, depth = waiting.pop()
        if depth > limits.MAX_STACK_DEPTH:
            raise reader.refused("its groups are nested too deeply")
        if element.tag not in ("stack", "layer"):
            continue
        own = _layer(element, around, reader)
        if element.tag == "layer":
            layers.append(own)
        else:
            groups += 1
            waiting += _children(element, own, depth + 1)
    return layers, groups


def _children(
    element: ET.Element, around: StackLayer, depth: int
) -> list[tuple[ET.Element, StackLayer, int]]:
    return [(child, around, depth) for child in reversed(element)]


def _layer(element: ET.Element, around: StackLayer, reader: Reader) -> StackLayer:
    opacity = _number(element.get("opacity"), reader, "opacity", 1.0)
    return StackLayer(
        src=element.get("src", ""),
        name=element.get("name", ""),
        x=around.x + _whole(element.get("x", "0"), reader, "x"),
        y=around.y + _whole(element.get("y", "0"), reader, "y"),
        opacity=around.opacity * min(1.0, max(0.0, opacity)),
        visible=around.visible and element.get("visibility", "visible") != "hidden",
        op=element.get("composite-op", "svg:src-over"),
        locked=around.locked or element.get("edit-locked") == "true",
    )


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
