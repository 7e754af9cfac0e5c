"""Lift, remove, refine and put in: verbs that change masks and holes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import FoundObject, Mask, Patch, StudioError, message
from inpaint_studio.basics.found import unlifted
from inpaint_studio.basics.mask import grow_box, unite
from inpaint_studio.document import Cutout, Document, Hole, Layer, Picture, Transform, Tree, open_hole
from inpaint_studio.document.holes import new_id
from inpaint_studio.document.nodes import source_and_mask
from inpaint_studio.engines import registry
from inpaint_studio.render import Samples, coverage, plate
from inpaint_studio.render.colour import between_profiles
from inpaint_studio.studio.frames import mask_on_origin
from inpaint_studio.studio.locks import check_unlocked
from inpaint_studio.studio.names import free_name
from inpaint_studio.studio.rims import as_it_is, with_ground, with_own_edge, with_rim, without_hidden
from inpaint_studio.studio.sixteen_bits import clean_patch, shallow

if TYPE_CHECKING:
    from inpaint_studio.basics import Progress
    from inpaint_studio.document import Photo
    from inpaint_studio.engines.contracts import Cut as Cut


_NEAR = 64
"""Pixels around a mask in which the layer's alpha may matter to it."""


def _neighbours(document: Document, mask: Mask) -> Mask:
    """Found things that were not lifted and are not what `mask` covers: a hole must not grow into them."""
    x, y, w, h = mask.box
    near = (x - 64, y - 64, w + 128, h + 128)
    others = [
        found.mask.clipped(near)
        for found in document.state.found
        if found.kind == "thing" and found.mask.intersection(mask).area < 0.5 * max(1, found.mask.area)
    ]
    return unite(others).minus(mask)


def hole_of(document: Document, layer: Layer, mask: Mask) -> Mask:
    """The hole that lifting `mask` (source pixels) leaves in a layer."""
    from inpaint_studio.engines.inpainting.holes import hole_for

    shape = layer.source.shape[:2]
    avoid = _neighbours(document, mask) if layer.id == document.tree.base.id else Mask.empty()
    hole = hole_for(mask, shape, avoid)
    return hole if layer.mask is None else hole.intersection(_solid(layer.mask))


def _solid(mask: Mask) -> Mask:
    return Mask.place(np.where(mask.crop > 0, 255, 0).astype(np.uint8), mask.x, mask.y)


def _open_to_holes(document: Document, layer_id: str | None) -> Layer:
    layer = document.tree.base if layer_id is None else document.layer(layer_id)
    if layer.movable:
        check_unlocked(document, layer.id)
    return layer


def lift(
    document: Document,
    mask: Mask,
    label: str = "object",
    layer_id: str | None = None,
    *,
    step: tuple[str, str] | None = None,
    stuff: bool = False,
    hidden: Mask | None = None,
) -> str:
    """Makes a cutout of `mask` (pixels of the layer's source) and returns its id.

    The layer (the backdrop if None) gets the hole. The edge is the mask's own until `settle_cut`
    brings the matte. `step`, a name and a merge key, joins several lifts into one step of history. `stuff` is
    for scenery: it lies below what else was lifted, and while it is at home fills may copy from it.
    `hidden` belongs to it, too, but lies behind what is in front of it: the layer gets no hole there.
    Raises StudioError for an empty mask.
    """
    origin = _open_to_holes(document, layer_id)
    mask = _liftable(document, origin, mask)
    whole = mask if hidden is None else mask.union(hidden)
    x, y, w, h = whole.box
    cutout = Cutout(
        free_name(document, label[:1].upper() + label[1:]), origin.source, whole,
        _shown_colours(document, origin, whole), origin.transform.rebased((x + w / 2, y + h / 2)),
        lifted_from=origin.id, label=label,
    )  # fmt: skip
    hole = Hole(hole_of(document, origin, mask), cutout.id, stuff=stuff)
    holed = replace(origin, holes=(*origin.holes, hole))
    below = _topmost_lifted(document.tree, origin, stuff=stuff)
    tree = document.tree.with_nodes(holed).above(below, cutout)
    state = replace(document.state, tree=tree, found=_still_found(document, origin, mask), selection=None)
    name, merge_key = step or (message("step.lift", label=label), None)
    document.apply(name, state, merge_key)
    return cutout.id


def _liftable(document: Document, layer: Layer, mask: Mask) -> Mask:
    """What of a mask lies on a layer, with its soft rim. Raises StudioError if there is nothing."""
    height, width = layer.source.shape[:2]
    mask = mask.clipped((0, 0, width, height))
    if layer.mask is not None:
        mask = with_rim(mask, _shown_alpha(document, layer, mask), (width, height))
    if not mask:
        raise StudioError(message("nothing_selected"))
    return mask


def _shown_colours(document: Document, layer: Layer, mask: Mask) -> Patch | None:
    """What a layer shows under a mask where that is not its source: its clean colours and its fills."""
    opened = open_hole(document.tree, layer, mask.box).intersection(mask)
    if layer.colours is None and not opened:
        return None
    shown = plate(document.snapshot(), layer, mask.box, dtype=layer.source.dtype)
    return Patch(mask.x, mask.y, shown)


def _shown_alpha(document: Document, layer: Layer, mask: Mask) -> Mask:
    """A layer's alpha around a mask, where holes are open that of their fills."""
    height, width = layer.source.shape[:2]
    x, y, _, _ = box = grow_box(mask.box, _NEAR, width, height)
    return Mask(x, y, coverage(document.snapshot(), layer, Samples(box)))


def _topmost_lifted(tree: Tree, origin: Layer, *, stuff: bool) -> str:
    """The topmost of a layer and what was lifted from it (or only the stuff) that are in its group."""
    lifted = {hole.owner for hole in origin.holes if hole.stuff or not stuff}
    lifted &= {cutout.id for cutout in tree.lifted(origin.id)}
    lifted.add(origin.id)
    return next(node.id for node in reversed(tree.siblings(origin.id)) if node.id in lifted)


def _still_found(document: Document, layer: Layer, mask: Mask) -> tuple[FoundObject, ...]:
    """The found objects after `mask` was taken out of a layer."""
    found = document.state.found
    return unlifted(found, mask) if layer.id == document.tree.base.id else found


def make_cut(layer: Layer, mask: Mask, progress: Progress, alpha: Mask | None = None) -> Cut:
    """The soft edge and clean colours for a rough mask; for a worker: reads the layer only.

    `alpha` is that of the layer it was lifted from. Where that is half transparent it is the edge.
    """
    height, width = layer.source.shape[:2]
    image = shallow(layer) if layer.colours is None else layer.pixels((0, 0, width, height))
    inner: Mask | None = mask
    if alpha is not None:
        image, inner = without_hidden(image, mask, alpha), with_ground(mask, alpha, (width, height))
    if inner is None:
        return as_it_is(layer, mask)
    cut: Cut = registry.load_usual("matte").refine(image, inner, progress=progress)
    if not cut.alpha:
        return cut
    cut = replace(cut, colours=clean_patch(layer, image, cut.colours))
    cut = cut if alpha is None else with_own_edge(cut, layer, mask, alpha)
    return _covered_at_holes(cut, layer, mask)


def _covered_at_holes(cut: Cut, layer: Layer, mask: Mask) -> Cut:
    """Leaves holes of the layer, and what is around them, as covered as its mask has them.

    What is filled there has no edge to the rest.
    """
    from inpaint_studio.engines.inpainting.holes import growth
    from inpaint_studio.studio.masks import grow

    if not layer.holes:
        return cut
    height, width = layer.source.shape[:2]
    kept = grow(layer.hole, 2 * growth(mask, (height, width)), (width, height)).intersection(mask)
    return replace(cut, alpha=cut.alpha.union(kept))


def settle_cut(document: Document, rough: Mask, cut: Cut) -> None:
    """Gives the cutout that was lifted with the mask `rough` its matte when it has arrived."""
    if cut.alpha:
        document.settle(rough, cut.alpha, cut.colours)


def remove(document: Document, mask: Mask, label: str = "object", layer_id: str | None = None) -> str:
    """Fills over `mask` (pixels of the layer's source): a hole without a cutout, in one step.

    Returns the hole's id. Raises StudioError for an empty mask and a locked layer.
    """
    layer = _open_to_holes(document, layer_id)
    height, width = layer.source.shape[:2]
    mask = mask.clipped((0, 0, width, height))
    if layer.mask is not None:
        alpha = _shown_alpha(document, layer, mask)
        rim = with_rim(mask, alpha, (width, height))
        mask = unite((mask, _solid(rim))).intersection(_solid(alpha))
    if not mask:
        raise StudioError(message("nothing_painted"))
    hole = Hole(hole_of(document, layer, mask))
    tree = document.tree.with_nodes(replace(layer, holes=(*layer.holes, hole)))
    state = replace(document.state, tree=tree, found=_still_found(document, layer, mask), selection=None)
    document.apply(message("step.remove", label=label), state)
    return hole.id


def refine(
    document: Document,
    layer_id: str,
    mask: Mask,
    step: str = "step.refine_mask",
    *,
    colours: Patch | None = None,
) -> None:
    """Gives a cutout a new mask; the hole behind follows. `step` is the id of the step's name.

    Without `colours` of its own what the mask adds shows the source.
    """
    layer = document.layer(layer_id)
    if layer.mask is None or not layer.movable:
        raise StudioError(message("backdrop.has_no_mask"))
    check_unlocked(document, layer_id)
    mask = _without_hidden_pixels(document, layer, mask)
    if mask.same(layer.mask) and colours is None:
        return
    if not mask:
        raise StudioError(message("layer.nothing_left", name=layer.name))
    new = replace(layer, mask=mask, colours=_colours_for(layer, mask) if colours is None else colours)
    origin = document.tree.origin(layer)
    behind = () if origin is None else (_with_hole_of(document, origin, layer, mask),)
    document.update(message(step, name=layer.name), new, *behind)


def _without_hidden_pixels(document: Document, layer: Layer, mask: Mask) -> Mask:
    """A mask without what is transparent in the photo itself: its colours there are nobody's to see."""
    backdrop = document.tree.backdrop
    if backdrop is None or backdrop.mask is None or layer.source is not backdrop.source:
        return mask
    return mask.intersection(backdrop.mask)


def _with_hole_of(document: Document, origin: Layer, layer: Layer, mask: Mask) -> Layer:
    """The layer a cutout was lifted from, with a hole as for another mask of the cutout."""
    wanted = hole_of(document, origin, mask_on_origin(layer, mask, origin))

    def changed(hole: Hole) -> Hole:
        if hole.owner != layer.id:
            return hole
        return replace(hole, mask=wanted, options=replace(hole.options, candidate=0), id=new_id())

    return replace(origin, holes=tuple(changed(hole) for hole in origin.holes))


def _colours_for(layer: Layer, mask: Mask) -> Patch | None:
    """Clean colours where coverage did not grow, the source's own where the brush added some."""
    if layer.colours is None or layer.mask is None:
        return layer.colours
    x, y, w, h = layer.colours.box
    grown = mask.window((x, y, w, h)) > layer.mask.window((x, y, w, h))
    if not grown.any():
        return layer.colours
    crop = np.where(grown[..., None], layer.source[y : y + h, x : x + w, :3], layer.colours.crop)
    return Patch(x, y, crop)


def set_found(document: Document, found: list[FoundObject]) -> None:
    """Shows what a finder saw; objects that are lifted already are left out."""
    state = document.state
    lifted = document.tree.base.hole
    fresh = unlifted(tuple(found), lifted)
    document.apply(message("step.find"), replace(state, found=fresh))


def rename_found(document: Document, found: FoundObject, label: str) -> None:
    """Calls an object that was found something else. Raises StudioError for an empty name."""
    label = label.strip()
    if not label:
        raise StudioError(message("find.name_empty"))
    named = tuple(replace(each, label=label) if each is found else each for each in document.state.found)
    document.apply(message("step.rename_found", label=label), replace(document.state, found=named))


def set_selection(document: Document, mask: Mask | None, name: str, merge_key: str | None = None) -> None:
    """Makes the selection (canvas pixels); None drops it. Steps in a row with one merge key become one."""
    mask = mask if mask else None
    if mask is None and document.state.selection is None:
        return
    document.apply(name, replace(document.state, selection=mask), merge_key)


def put_picture(document: Document, photo: Photo, at: tuple[float, float] | None = None) -> str:
    """Puts a pasted or dropped picture on top and returns its layer's id.

    Its middle lies `at` a canvas point, that of the canvas if None; what is larger is made to fit. Its
    colours are converted into the document's profile.
    """
    source, mask = source_and_mask(between_profiles(photo.exact, photo.icc, document.photo.icc))
    x, y, w, h = document.canvas
    width, height = photo.size
    pivot = (width / 2, height / 2)
    scale = min(1.0, w / width, h / height)
    across, down = at or (x + w / 2, y + h / 2)
    shift = (round(across - width / 2), round(down - height / 2))
    place = Transform(*shift, scale_x=scale, scale_y=scale, pivot=pivot)
    name = photo.name.rsplit(".", 1)[0] or "Picture"
    layer = Picture(name, source, mask, transform=place)
    tree = document.tree.above(None, layer)
    document.apply(message("step.paste", name=name), document.state.with_tree(tree))
    return layer.id
