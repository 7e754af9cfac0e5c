"""What a verb is, described by data, and what it is done to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from inpaint_studio.basics import Message, StudioError, message
from inpaint_studio.studio.outermost import outermost

if TYPE_CHECKING:
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Document, Layer, Node
    from inpaint_studio.studio.verbs.parameters import Parameter

SUBMENU = " > "
"""Between the name of a menu and that of a menu in it."""

Place = Literal["selection", "layer", "hole", "object"]
"""What a context menu is about."""


@dataclass(slots=True)
class VerbContext:
    """What verbs work on, and what came of the last one.

    `active` is the id of the node that is meant where none is named; `pointed` the found object under the
    pointer; `hole` one of the holes of the part whose fills are looked at. Steps in a row with one
    `merge_key` become one. A verb may make another node `active`; it adds to `lifted` the cutouts that it
    made, whose edges a matte can make better, and says in `uncovered` which hole it opened. `selected` are
    the nodes that verbs for several work on, `offered` the found objects that are meant where none are named,
    None for all.
    """

    document: Document | None = None
    active: str | None = None
    pointed: FoundObject | None = None
    hole: str | None = None
    merge_key: str | None = None
    lifted: list[str] = field(default_factory=list)
    uncovered: str | None = None
    selected: tuple[str, ...] = ()
    solo: str | None = None
    offered: tuple[FoundObject, ...] | None = None

    def aim(self, named: Mapping[str, Any]) -> None:
        """Lets the context mean what is named: "layer", "layers" and "hole" by their ids, "object" and
        "objects" by their numbers.
        """
        if "layer" in named:
            self.active = named["layer"]
        if "layers" in named:
            self.selected = tuple(named["layers"] or ())
        if "hole" in named:
            self.hole = named["hole"]
        if "objects" in named and self.document is not None:
            found, numbers = self.document.state.found, set(named["objects"] or ())
            self.offered = tuple(each for number, each in enumerate(found) if number in numbers)
        if "object" in named:
            number, found = named["object"], self.document.state.found if self.document is not None else ()
            self.pointed = found[number] if number is not None and 0 <= number < len(found) else None

    @property
    def chosen_ids(self) -> list[str]:
        """The ids of the selected nodes, the active one among them; of that alone if it is not."""
        meant = self.selected if self.active in self.selected else (self.active,)
        return [node.id for node in map(self.opened.tree.find, meant) if node is not None]

    @property
    def found(self) -> tuple[FoundObject, ...]:
        """The found objects that are meant where one says all."""
        found = () if self.document is None else self.document.state.found
        return found if self.offered is None else tuple(each for each in found if each in self.offered)

    @property
    def outermost_ids(self) -> list[str]:
        """As `chosen_ids`, bottom first, without what lies in a group that is chosen itself."""
        return [node.id for node in outermost(self.opened.tree, self.chosen_ids)]

    @property
    def node(self) -> Node | None:
        """The active node."""
        return None if self.document is None else self.document.tree.find(self.active)

    @property
    def layer(self) -> Layer | None:
        """The active node if it has pixels of its own."""
        return None if self.document is None else self.document.tree.layer(self.active)

    @property
    def opened(self) -> Document:
        """The document. Raises StudioError if there is none."""
        if self.document is None:
            raise StudioError(message("no_document"))
        return self.document

    @property
    def chosen(self) -> Node:
        """The active node. Raises StudioError if there is none."""
        if self.node is None:
            raise StudioError(message("no_layer"))
        return self.node

    @property
    def chosen_layer(self) -> Layer:
        """The active node with its pixels. Raises StudioError if it has none of its own."""
        if self.layer is None:
            raise StudioError(message("no_layer"))
        return self.layer


Condition = Callable[[VerbContext], Message | None]
"""Whether a verb can be done now: None, or the one sentence why not and what to do first."""


def always(context: VerbContext) -> Message | None:
    """It can be done at any time."""
    return None


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that one can do.

    `menu` is the menu it stands in, as "Layer" or "Layer > Align", "" for none; `line` puts a line above it;
    `places` are the context menus that have it, too. `naming` gives its title where that depends on the
    document. `do` takes the context and the parameters, but for ids (`parameters.Id`), which it finds in the
    context. It is None for verbs of the application, such as opening a file: a window brings their functions
    under the same ids.
    An `interactive` verb has one in a window, too, which asks for the parameters or works in the background.
    `chooses_fill` says that it is a choice for the fill looked at, which stays in view.
    """

    id: str
    title: str
    menu: str = ""
    keys: tuple[str, ...] = ()
    possible: Condition = always
    do: Callable[..., None] | None = None
    parameters: tuple[Parameter, ...] = ()
    line: bool = False
    places: tuple[Place, ...] = ()
    naming: Callable[[VerbContext], Message] | None = None
    interactive: bool = False
    chooses_fill: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", Message(f"verb.{self.id}", self.title))

    @property
    def by_window(self) -> bool:
        """Whether a window has a function of its own for it."""
        return self.do is None or self.interactive

    def caption(self, context: VerbContext) -> str:
        """What a menu shows for it now, a `Message`."""
        return self.title if self.naming is None else self.naming(context)
