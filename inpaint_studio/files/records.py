"""Photo, layers, masks and fills as records (JSON with PNG members) and back."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import FoundObject, Mask, Patch
from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels
from inpaint_studio.basics.values import Choice, Flag, Number, Text
from inpaint_studio.document import (
    MOST_CANDIDATES,
    Document,
    FillOptions,
    Hole,
    Layer,
    Node,
    Photo,
    SourceFrame,
    State,
    Transform,
    Tree,
    parts,
)  # fmt: skip
from inpaint_studio.document.guides import Guide
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.document.nodes import NODE_TYPES, source_and_mask
from inpaint_studio.document.properties import REQUIRED, Data, Property, properties
from inpaint_studio.files.fields import Fields
from inpaint_studio.files.limits import PixelBudget, check_size
from inpaint_studio.files.photos import photo_from_bytes
from inpaint_studio.files.png import decode_png, encode_png

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from inpaint_studio.basics.parameters import Value
    from inpaint_studio.document import Snapshot
    from inpaint_studio.files.members import MemberWriter

FOLDER = "inpaint-studio"
_PACKED = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_ONCE_THINGS = ("building", "tree", "fence")
"""Scenery that version 0.1 took for things when it found some."""
Record = dict[str, Any]


_SOURCE = ("RGB", "RGB;16", "RGBA;16")
"""Kinds of pictures that layers have as sources; see `Layer.source`."""
_PATCH = ("RGB", "RGBA", "RGB;16", "RGBA;16")


class Recorder:
    """Writes pixels as members and tells the records that name them. Shared sources are written once."""

    def __init__(self, writer: MemberWriter, photo: Photo) -> None:
        self._writer = writer
        self._photo = photo
        self._count = 0
        self._sources: dict[int, tuple[Pixels, str]] = {}
        self._photo_source: Pixels | None = None
        self._samples: dict[int, tuple[Mask, Record | None]] = {}

    def png(self, kind: str, pixels: NDArray[Any]) -> str:
        self._count += 1
        member = f"{FOLDER}/{kind}/{self._count:04}.png"
        self._writer.add(member, encode_png(pixels))
        return member

    def piece(self, kind: str, piece: Mask | Patch | None) -> Record | None:
        if piece is None:
            return None
        member = self.png(kind, piece.crop) if piece.crop.size else None
        return {"x": int(piece.x), "y": int(piece.y), "png": member}

    def state(self, snapshot: Snapshot) -> Record:
        """All of a snapshot but its nodes."""
        state = snapshot.state
        return {
            "canvas": {key: int(value) for key, value in zip("xywh", state.canvas, strict=True)},
            "fills": list(self._fills(snapshot)),
            "selection": self.piece("selection", state.selection),
            "found": [self.found(found) for found in state.found],
            "guides": [{"axis": each.axis, "place": float(each.place)} for each in state.guides],
        }

    def _fills(self, snapshot: Snapshot) -> Iterator[Record]:
        fills, tree = snapshot.fills, snapshot.state.tree
        for part in (part for layer in tree.layers for part in parts(tree, layer)):
            patch = fills.get(part.key)
            if patch is not None and fills.is_final(part.key):
                yield {"key": part.key, "note": fills.note(part.key), "pixels": self.piece("fill", patch)}

    def photo(self) -> Record:
        photo = self._photo
        record: Record = {"name": photo.name, "own_bytes": bool(photo.data), "icc": None, "exif": None}
        if photo.data:
            record["member"] = f"{FOLDER}/photo/{_member_name(photo.name)}"
            packed = PurePath(photo.name).suffix.lower() in _PACKED
            self._writer.add(record["member"], photo.data, pack=not packed)
            return record
        record["member"] = self.png("photo", photo.exact)
        for key, data in (("icc", photo.icc), ("exif", photo.metadata.exif)):
            if data:
                record[key] = f"{FOLDER}/photo/{key}.bin"
                self._writer.add(record[key], data, pack=True)
        return record

    def source(self, source: Pixels) -> str | None:
        """The member of a layer's source; None stands for the photo's own pixels."""
        known = self._sources.get(id(source))
        if known is not None:
            return known[1] or None
        if self._photo_source is None:
            self._photo_source = source_and_mask(self._photo.exact)[0]
        own = self._photo_source
        same = source is own or (source.dtype == own.dtype and bool(np.array_equal(source, own)))
        member = "" if same else self.png("source", source)
        self._sources[id(source)] = source, member
        return member or None

    def node(self, node: Node) -> Record:
        """The type of a node and all its declared properties."""
        known = properties(type(node)).values()
        values = {p.key: self._value(p, getattr(node, p.name)) for p in known}
        return {"id": node.id, "kind": node.kind} | values

    def _value(self, known: Property, value: Any) -> Any:
        if not isinstance(known.value, Data):
            # Numbers may come from numpy, which JSON does not know.
            return float(value) if isinstance(known.value, Number) else value
        return self._forms[known.value.form](value)

    @property
    def _forms(self) -> dict[str, Callable[[Any], Any]]:
        """How each form of data is written."""
        return {
            "text": str,
            "id": lambda value: value,
            "numbers": lambda numbers: {key: float(value) for key, value in numbers.items()},
            "source": self.source,
            "mask": lambda mask: self.piece("mask", mask),
            "colours": lambda patch: self.piece("colours", patch),
            "transform": _transform_record,
            "holes": lambda holes: [self.hole(hole) for hole in holes],
            "frame": lambda frame: None if frame is None else asdict(frame),
        }

    def hole(self, hole: Hole) -> Record:
        return {
            "id": hole.id,
            "owner": hole.owner,
            "stuff": hole.stuff,
            "behind": hole.behind,
            "filler": hole.options.filler,
            "seed": int(hole.options.seed),
            "candidate": int(hole.options.candidate),
            "values": dict(hole.options.values),
            "sample": None if hole.options.sample is None else self.sample(hole.options.sample),
            "mask": self.piece("hole", hole.mask),
        }

    def sample(self, sample: Mask) -> Record | None:
        """A sampling area; all holes of a layer may have the same."""
        if id(sample) not in self._samples:
            self._samples[id(sample)] = sample, self.piece("sample", sample)
        return self._samples[id(sample)][1]

    def found(self, found: FoundObject) -> Record:
        # Numbers may come from numpy, which JSON does not know.
        record = {"label": found.label, "score": float(found.score), "kind": found.kind}
        return record | {"mask": self.piece("found", found.mask)}


def _member_name(name: str) -> str:
    """The photo's name as the name of a member: no folders, no signs that other programs stumble over."""
    kept = "".join(c if c.isalnum() or c in " -_.()" else "_" for c in name)[-100:].strip(" .")
    return kept or "photo"


class Restorer:
    """Reads back what a `Recorder` wrote. Raises StudioError for anything else."""

    def __init__(self, budget: PixelBudget) -> None:
        self._budget = budget
        self._photo_source: Pixels | None = None
        self._sources: dict[str, Pixels] = {}
        self._samples: dict[str, Mask] = {}

    def photo(self, record: Fields) -> Photo:
        reader, name = record.reader, record.text("name")
        photo = photo_from_bytes(reader.read(record.text("member")), name)
        self._budget.take(*photo.size)
        if not record.flag("own_bytes"):
            icc, exif = record.text_or_none("icc"), record.text_or_none("exif")
            photo = replace(
                photo,
                data=b"",
                icc=None if icc is None else reader.read(icc),
                metadata=Metadata(None if exif is None else reader.read(exif)),
            )
        self._photo_source = source_and_mask(photo.exact)[0]
        return photo

    def document(
        self, record: Fields, photo: Photo, tree: Tree, canvas: Box, *, same_backdrop: bool = True
    ) -> Document:
        """A document of a tree that was read, with all else that `Recorder.state` wrote.

        Found objects lie in the backdrop's pixels; if that is another picture now, they mean nothing.
        """
        selection = record.fields_or_none("selection")
        state = State(
            canvas,
            tree,
            None if selection is None else self.mask(selection),
            tuple(self.found(found) for found in record.many("found")) if same_backdrop else (),
            tuple(map(_guide, record.many("guides"))) if "guides" in record else (),
        )
        document = Document(photo, state)
        open_parts = {part.key: part for layer in state.layers for part in parts(state.tree, layer)}
        for fill in record.many("fills"):
            part = open_parts.get(fill.text("key"))
            if part is not None:
                note = fill.text("note") if "note" in fill else ""
                document.fills.put(part, self.patch(fill.fields("pixels")), note=note)
        return document

    def pixels(self, record: Fields, member: str, modes: Collection[str]) -> Pixels:
        return decode_png(record.reader.read(member), modes, self._budget)

    def _crop(self, record: Fields, modes: Collection[str]) -> tuple[int, int, Pixels | None]:
        member = record.text_or_none("png")
        crop = None if member is None else self.pixels(record, member, modes)
        return record.whole("x"), record.whole("y"), crop

    def mask(self, record: Fields) -> Mask:
        x, y, crop = self._crop(record, ("L",))
        return Mask.empty() if crop is None else Mask(x, y, crop)

    def patch(self, record: Fields) -> Patch:
        x, y, crop = self._crop(record, _PATCH)
        return Patch(x, y, np.zeros((0, 0, 3), np.uint8) if crop is None else crop)

    def source(self, record: Fields) -> Pixels:
        member = record.text_or_none("source")
        if member is None:
            if self._photo_source is None:
                raise record.wrong("source")
            return self._photo_source
        if member not in self._sources:
            self._sources[member] = self.pixels(record, member, _SOURCE)
        return self._sources[member]

    def layer(self, record: Fields) -> Layer:
        """A node that must have pixels of its own."""
        node = self.node(record)
        if not isinstance(node, Layer):
            raise record.wrong("kind")
        return node

    def _check_layer(self, record: Fields, layer: Layer) -> None:
        whole = (0, 0, layer.source.shape[1], layer.source.shape[0])
        box = layer.source_box
        if layer.mask and intersect_boxes(box, whole) != box:
            raise record.wrong("mask")
        check_layer_size(layer)

    def node(self, record: Fields) -> Node:
        """A node of any type, a group without its children."""
        node_type = NODE_TYPES[record.choice("kind", tuple(NODE_TYPES))]
        known = properties(node_type)
        values = {name: self._value(record, each) for name, each in known.items()}
        node = node_type(id=record.text("id"), **values)
        if isinstance(node, Layer):
            self._check_layer(record, node)
        return node

    def _value(self, record: Fields, known: Property) -> Any:
        """The value of a property; its default where an older program did not know it."""
        if known.key not in record and known.default is not REQUIRED:
            return known.default
        match known.value:
            case Number(low, high):
                return record.number(known.key, low, high)
            case Choice(options):
                return record.choice(known.key, options)
            case Flag():
                return record.flag(known.key)
            case Text():
                return record.text(known.key)
            case Data(form):
                return self._forms[form](record, known.key)

    @property
    def _forms(self) -> dict[str, Callable[[Fields, str], Any]]:
        """How each form of data is read."""
        return {
            "text": Fields.text,
            "id": Fields.text_or_none,
            "numbers": Fields.numbers,
            "source": lambda record, _: self.source(record),
            "mask": lambda record, key: self._or_none(self.mask, record, key),
            "colours": lambda record, key: self._or_none(self.patch, record, key),
            "transform": lambda record, key: _transform(record.fields(key)),
            "holes": lambda record, key: tuple(self.hole(hole) for hole in record.many(key)),
            "frame": lambda record, key: self._or_none(_frame, record, key),
        }

    @staticmethod
    def _or_none(read: Callable[[Fields], Any], record: Fields, key: str) -> Any:
        value = record.fields_or_none(key)
        return None if value is None else read(value)

    def hole(self, record: Fields) -> Hole:
        options = FillOptions(
            record.text("filler"),
            record.whole("seed", -(1 << 63), 1 << 63),
            record.whole("candidate", 0, MOST_CANDIDATES - 1) if "candidate" in record else 0,
            self.sample(record.fields_or_none("sample")),
            _values(record),
        )
        stuff, behind = (record.flag(name) if name in record else False for name in ("stuff", "behind"))
        mask, owner = self.mask(record.fields("mask")), record.text_or_none("owner")
        return Hole(mask, owner, options, record.text("id"), stuff, behind)

    def sample(self, record: Fields | None) -> Mask | None:
        """A sampling area, shared again by the holes that shared it. Older projects have none."""
        if record is None:
            return None
        member = record.text_or_none("png")
        if member is None:
            raise record.wrong("sample")
        if member not in self._samples:
            self._samples[member] = self.mask(record)
        return self._samples[member]

    def found(self, record: Fields) -> FoundObject:
        kind = cast(Literal["thing", "area"], record.choice("kind", ("thing", "area")))
        label = record.text("label")
        if label in _ONCE_THINGS:
            kind = "area"
        return FoundObject(self.mask(record.fields("mask")), label, record.number("score"), kind)


def _values(record: Fields) -> tuple[tuple[str, Value], ...]:
    """The values of a filler's parameters; version 0.1 had one, and wrote it in any case."""
    if "values" in record:
        return record.fields("values").plain()
    adaptation = record.number("adaptation", 0, 1) if "adaptation" in record else 1.0
    return () if adaptation == 1 else (("adaptation", adaptation),)


def check_layer_size(layer: Layer) -> None:
    """Raises StudioError if a layer is drawn larger than any picture may be."""
    _, _, width, height = layer.bounds()
    if width and height:
        check_size(layer.name, width, height)


def _frame(record: Fields) -> SourceFrame:
    left, top = record.number("left"), record.number("top")
    scale_x, scale_y = (record.number(key, 1e-6, 10_000) for key in ("scale_x", "scale_y"))
    return SourceFrame(record.text("id"), left, top, scale_x, scale_y)


def _guide(record: Fields) -> Guide:
    axis = record.text("axis")
    if axis not in ("x", "y"):
        raise record.wrong("axis")
    return Guide("x" if axis == "x" else "y", record.number("place"))


def _transform_record(turn: Transform) -> Record:
    return {
        "dx": float(turn.dx),
        "dy": float(turn.dy),
        "scale_x": float(turn.scale_x),
        "scale_y": float(turn.scale_y),
        "degrees": float(turn.degrees),
        "pivot_x": float(turn.pivot[0]),
        "pivot_y": float(turn.pivot[1]),
        "skew": float(turn.skew),
    }


def _transform(record: Fields) -> Transform:
    scale_x, scale_y = record.number("scale_x", -10_000, 10_000), record.number("scale_y", -10_000, 10_000)
    if min(abs(scale_x), abs(scale_y)) < 1e-6:
        raise record.wrong("scale_x")
    return Transform(
        dx=record.number("dx"),
        dy=record.number("dy"),
        scale_x=scale_x,
        scale_y=scale_y,
        degrees=record.number("degrees"),
        pivot=(record.number("pivot_x"), record.number("pivot_y")),
        skew=record.number("skew") if "skew" in record else 0.0,
    )
