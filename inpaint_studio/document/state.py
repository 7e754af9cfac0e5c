"""One moment of a document."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from inpaint_studio.basics import FoundObject
from inpaint_studio.basics.mask import Box, Mask
from inpaint_studio.document.guides import Guide
from inpaint_studio.document.nodes import Layer
from inpaint_studio.document.tree import Tree


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Everything undo restores. Immutable: a step of history is two of these, sharing all pixels.

    `selection` is in canvas pixels; `found` in pixels of the backdrop.
    """

    canvas: Box
    tree: Tree
    selection: Mask | None = None
    found: tuple[FoundObject, ...] = ()
    guides: tuple[Guide, ...] = ()

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The nodes that have pixels of their own, bottom first."""
        return self.tree.layers

    def layer(self, layer_id: str | None) -> Layer | None:
        """The node of an id if it has pixels of its own."""
        return self.tree.layer(layer_id)

    @property
    def deep(self) -> bool:
        """Whether any of its pixels have 16 bits a channel."""
        return any(layer.deep for layer in self.layers)

    @property
    def dtype(self) -> DTypeLike:
        """What holds its picture as exactly as its pixels are: uint8 or uint16."""
        return np.uint16 if self.deep else np.uint8

    def with_tree(self, tree: Tree) -> State:
        """The same moment with another tree; the same state for the same tree."""
        return self if tree is self.tree else replace(self, tree=tree)
