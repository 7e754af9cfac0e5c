"""A document at one moment, for drawing and for jobs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from inpaint_studio.document.cache import RenderCache
from inpaint_studio.document.fills import NO_FILLS, Fills

if TYPE_CHECKING:
    from inpaint_studio.document.nodes import Layer
    from inpaint_studio.document.state import State


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A state with the fills it is shown with. Immutable: jobs get this and never the document.

    `icc` is the profile of all colours (None: sRGB). `cache` is shared by all snapshots of a document and
    may be used from any thread.
    """

    state: State
    fills: Fills = NO_FILLS
    icc: bytes | None = None
    cache: RenderCache = field(default_factory=RenderCache)

    def with_state(self, state: State) -> Snapshot:
        """The same moment with another state of the document, or one that is made up."""
        return replace(self, state=state)

    def with_layer(self, layer: Layer) -> Snapshot:
        """The same moment with `layer` in the place of that of its id. Raises KeyError if there is none."""
        return self.with_state(self.state.with_tree(self.state.tree.with_nodes(layer)))
