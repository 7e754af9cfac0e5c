"""The layers of a PSD file as nodes, and what of them can't be shown as Photoshop does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Array, Box
from inpaint_studio.basics.surface import full
from inpaint_studio.document import BLEND_MODES, Group, Node, Picture, Snapshot, State, Tree
from inpaint_studio.document.nodes import TAGS
from inpaint_studio.files.limits import DECODE_ERRORS
from inpaint_studio.files.operators import joined
from inpaint_studio.files.pictures import picture_layer
from inpaint_studio.files.psd.drawn import adjustment_of, picture_of
from inpaint_studio.files.psd.kinds import Kind, has_style, kind_of
from inpaint_studio.files.psd.samples import Samples, mask_outside
from inpaint_studio.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.files.limits import PixelBudget
    from inpaint_studio.files.psd.tree import Entry

_BLENDS = {mode.photoshop: name for name, mode in BLEND_MODES.items()}
_PASS_THROUGH = "pass"
_ROWS = 256
"""So many rows are worked out at once: memory stays small for large pictures."""


@dataclass
class Nodes:
    """Makes nodes of layers. `icc` is then the profile of all of them (None: sRGB)."""

    samples: Samples
    budget: PixelBudget
    canvas: Box
    icc: bytes | None = None
    notices: list[str] = field(default_factory=list)
    lacking: bool = False
    """Whether something is not shown as Photoshop shows it."""
    pictures: list[str] = field(default_factory=list)
    """Names of the texts and smart objects, which are pictures here."""

    def of(self, entries: tuple[Entry, ...], under: tuple[Node, ...] = ()) -> tuple[Node, ...]:
        """All that can be shown of some layers, bottom first; `under` lies below them and joins them."""
        made: tuple[Node, ...] = ()
        base: Entry | None = None
        clipped: list[Entry] = []
        for entry in entries:
            if entry.clipped and base is not None:
                clipped.append(entry)
                continue
            made += self._clipping(base, clipped, (*under, *made))
            base, clipped = entry, []
        return made + self._clipping(base, clipped, (*under, *made))

    def _clipping(
        self, base: Entry | None, clipped: list[Entry], under: tuple[Node, ...]
    ) -> tuple[Node, ...]:
        """A layer, and what shows only where that does: all together a group."""
        node = None if base is None else self._node(base, under)
        if node is None:
            return ()
        inside: tuple[Node, ...] = (replace(node, opacity=1.0, blend="normal", visible=True),)
        added = [each for entry in clipped if (each := self._node(entry, ())) is not None]
        if not added:
            return (node,)
        for each in added:
            inside = self._joined(inside, each, "src-atop") if each.visible else (*inside, each)
        return (
            Group(
                node.name, inside, isolated=True, opacity=node.opacity, blend=node.blend, visible=node.visible
            ),
        )

    def _joined(self, below: tuple[Node, ...], node: Node, operator: str) -> tuple[Node, ...]:
        nodes, kept = joined(below, node, operator, self.canvas)
        if not kept:
            self.notices.append(
                f"“{node.name}” makes one picture of itself and what it is clipped to; "
                "these layers are hidden under that."
            )
        return nodes

    def _node(self, entry: Entry, under: tuple[Node, ...]) -> Node | None:
        try:
            return self._layer(entry, under) if entry.children is None else self._group(entry, under)
        except ImportError:
            # What psd-tools would need more packages for, such as curves.
            self._lose(entry, "is left out: it can't be drawn here")
            return None
        except DECODE_ERRORS:
            if self.budget.left < 0:
                raise
            self._lose(entry, "is left out: it is damaged")
            return None

    def _group(self, entry: Entry, under: tuple[Node, ...]) -> Node:
        group = Group(entry.name or "Group", isolated=entry.mode != _PASS_THROUGH, **self._known(entry))
        inside = self.of(entry.children or (), () if group.composed_apart else under)
        group = replace(group, children=inside)
        cover = self._mask(entry, self.canvas)
        if cover is None or not group.children:
            return group
        white = np.full((*cover.shape, 3), 255, np.uint8)
        mask = Picture(f"Mask of {entry.name}", white, Mask(*self.canvas[:2], cover))
        nodes, kept = joined(group.children, mask, "dst-in", self.canvas)
        if not kept:
            self.notices.append(
                f"The group “{entry.name}” has a soft mask: it is one picture; "
                "its layers are hidden under that."
            )
            return replace(group, children=nodes)
        return replace(group, children=tuple(node for node in nodes if node.id != mask.id))

    def _layer(self, entry: Entry, under: tuple[Node, ...]) -> Node | None:
        kind, record = kind_of(entry), entry.record
        self._name_losses(entry, kind)
        if kind is Kind.ADJUSTMENT:
            return self._adjustment(entry, under)
        if kind is Kind.DRAWN:
            return self._drawn(entry)
        if record.width < 1 or record.height < 1:
            return None
        self.budget.take(record.width, record.height)
        pixels, self.icc = self.samples.layer(record, entry.channels)
        box = record.left, record.top, record.width, record.height
        cover = self._mask(entry, box)
        return self._picture(entry, pixels if cover is None else _covered(pixels, cover), box[:2])

    def _adjustment(self, entry: Entry, under: tuple[Node, ...]) -> Node | None:
        """A picture of what an adjustment makes of all that lies under it."""
        self.budget.take(*self.canvas[2:])
        state = State(self.canvas, Tree(under))
        below = render(Snapshot(state), dtype=state.dtype).pixels
        change = adjustment_of(self.samples.psd, entry)
        if change is None:
            self._lose(entry, "is an adjustment that can't be drawn here: left out")
            return None
        known = self._known(entry)
        pixels = _changed(below, change, self._mask(entry, self.canvas), known["opacity"], known["blend"])
        self.notices.append(f"“{entry.name}” is an adjustment: it is a picture of what lies below it.")
        return picture_layer(entry.name, pixels, self.canvas[:2], visible=known["visible"])

    def _drawn(self, entry: Entry) -> Node | None:
        """A layer that psd-tools can draw."""
        self.budget.take(*self.canvas[2:])
        pixels = picture_of(self.samples.psd, entry, self.canvas)
        if pixels is None:
            self._lose(entry, "is left out: it is drawn by Photoshop from shapes, gradients or patterns")
            return None
        # The opacity of the filling alone is drawn already.
        known = self._known(entry) | {"opacity": entry.record.opacity / 255}
        return picture_layer(entry.name or "Layer", pixels, self.canvas[:2], **known)

    def _picture(self, entry: Entry, pixels: Pixels, corner: tuple[int, int]) -> Node:
        return picture_layer(entry.name or "Layer", pixels, corner, **self._known(entry))

    def _known(self, entry: Entry) -> dict[str, Any]:
        """The properties of a layer or group."""
        from psd_tools.constants import Tag

        record, colour, lock = (
            entry.record,
            entry.block(Tag.SHEET_COLOR_SETTING),
            entry.block(Tag.PROTECTED_SETTING),
        )
        fill = entry.block(Tag.BLEND_FILL_OPACITY)
        fill = fill if isinstance(fill, int) and 0 <= fill <= 255 else 255
        place = int(colour) if colour is not None and 0 <= int(colour) < len(TAGS) else 0
        return {
            "opacity": record.opacity / 255 * fill / 255,
            "blend": self._blend(entry),
            "visible": bool(record.flags.visible),
            "locked": bool(int(lock or 0) >> 31),
            "tag": TAGS[place],
        }

    def _blend(self, entry: Entry) -> str:
        mode = entry.mode
        if mode == _PASS_THROUGH:
            return "normal"
        if mode not in _BLENDS:
            self._lose(entry, f"has the blend mode “{_mode_name(mode)}”, which is drawn as normal")
        return _BLENDS.get(mode, "normal")

    def _mask(self, entry: Entry, box: Box) -> Array | None:
        """A layer mask inside a box of the canvas; None if there is none or it is switched off."""
        about = entry.record.mask_data
        if about is None or about.flags.mask_disabled:
            return None
        mask = self.samples.mask(entry.record, entry.channels)
        if mask is None:
            return None
        self.budget.take(max(1, mask.box[2]), max(1, mask.box[3]))
        out, known = mask.window(box), Mask(mask.x, mask.y, np.full_like(mask.crop, 255)).window(box)
        out[known == 0] = mask_outside(about)
        density = None if about.parameters is None else about.parameters.user_mask_density
        if density is not None:
            out = (255 - (255 - out.astype(np.uint16)) * density // 255).astype(np.uint8)
        return out

    def _name_losses(self, entry: Entry, kind: Kind) -> None:
        if kind in (Kind.TEXT, Kind.SMART_OBJECT):
            self.pictures.append(entry.name)
        if has_style(entry):
            self._lose(entry, "has a layer style, which is left out")

    def _lose(self, entry: Entry, what: str) -> None:
        self.lacking |= bool(entry.record.flags.visible)
        self.notices.append(f"“{entry.name}” {what}.")


def _covered(pixels: Pixels, cover: Array) -> Pixels:
    """Pixels whose opacity is multiplied by a mask."""
    alpha = pixels[..., 3].astype(np.float32) * cover / np.float32(255)
    return np.concatenate([pixels[..., :3], np.rint(alpha).astype(pixels.dtype)[..., None]], axis=-1)


def _changed(
    below: Pixels, change: Callable[[Any], Any], mask: Array | None, opacity: float, blend: str
) -> Pixels:
    """A picture with its colours changed as far as mask and opacity say."""
    out, most = below.copy(), np.float32(full(below.dtype))
    for top in range(0, len(below), _ROWS):
        rows = np.s_[top : top + _ROWS]
        light = below[rows][..., :3].astype(np.float32) / most
        made = BLEND_MODES[blend].function(light, np.asarray(np.clip(change(light), 0, 1), np.float32))
        cover: Any = np.float32(opacity)
        if mask is not None:
            cover = cover * (mask[rows][..., None].astype(np.float32) / np.float32(255))
        out[rows][..., :3] = np.rint(np.clip(light + cover * (made - light), 0, 1) * most)
    return out


def _mode_name(key: str) -> str:
    from psd_tools.constants import BlendMode

    return str(BlendMode(key.encode()).name).lower().replace("_", " ")
