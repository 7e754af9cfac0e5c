"""What is known of a property of a node, declared once beside the property itself.

Redrawing, thumbnails, the history's memory, project files, panels and the verb that sets a property read
the declarations; none of them has a list of its own.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields, replace
from enum import Flag as Bits
from enum import auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics.values import Chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Holder = tuple[object, str]
"""An object and the name of its attribute that is an array."""


class Affects(Bits):
    """What a change of a property can be seen in."""

    PIXELS = auto()
    """The node's own picture: its thumbnail is stale, the picture is drawn again."""
    HOLES = auto()
    """The same, but only where holes are."""
    BLENDING = auto()
    """How the node joins what lies below it: the picture is drawn again."""
    PLACE = auto()
    """Where it lies: both places are drawn again."""
    LIST = auto()
    """Its row in the list of layers."""
    ORDER = auto()
    """Its place among the others. No property: told of nodes that came, went or changed places."""


REQUIRED = object()
"""The default of a property that has none."""

DRAWN = Affects.PIXELS | Affects.BLENDING | Affects.PLACE
"""What makes all of a node be drawn again."""
THUMBNAIL = Affects.PIXELS | Affects.HOLES


@dataclass(frozen=True, slots=True)
class Data:
    """A value that only verbs of its own make, such as a mask. `form` names how project files hold it.

    `arrays` gives the holders of the arrays in a value, for the history, which moves old ones to a file.
    """

    form: str
    arrays: Callable[[Any], Iterable[Holder]] | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A declared property of a node.

    `value` says what it may be. `stored` is its name in project files, `name` if it is "". A property with a
    `step` can be set by `studio.properties.set_property`: the step of the history has that name, in which
    {name} is the node's and {new} the new value; two names are for on and off. `unlocked` says that the node
    must not be locked for that. `panel` says that the properties panel shows a row for it.
    """

    value: Chosen | Data
    affects: Affects
    name: str = ""
    label: str = ""
    default: Any = REQUIRED
    stored: str = ""
    step: str | tuple[str, str] = ""
    unlocked: bool = False
    panel: bool = False

    @property
    def key(self) -> str:
        """Its name in project files."""
        return self.stored or self.name


def declared(value: Chosen | Data, affects: Affects, default: Any = MISSING, **known: Any) -> Any:
    """A field of a node class that is a property; `known` is the rest of a `Property`.

    A `default` that is a type is called for each node.
    """
    about = {"property": Property(value, affects, **known)}
    if isinstance(default, type):
        return field(default_factory=default, metadata=about)
    return field(default=default, metadata=about)


_known: dict[type, Mapping[str, Property]] = {}


def properties(node_type: type) -> Mapping[str, Property]:
    """The declared properties of a node class by their names, in the order of declaration."""
    if node_type not in _known:
        own = [one for one in fields(node_type) if "property" in one.metadata]
        _known[node_type] = MappingProxyType({one.name: _named(one) for one in own})
    return _known[node_type]


def _named(one: Field[Any]) -> Property:
    default = one.default if one.default_factory is MISSING else one.default_factory()
    about: Property = one.metadata["property"]
    return replace(about, name=one.name, default=REQUIRED if default is MISSING else default)


def changed(before: object, after: object) -> Affects:
    """What can be seen of the difference between two versions of one node."""
    seen = Affects(0)
    for name, each in properties(type(after)).items():
        if _differ(getattr(before, name), getattr(after, name)):
            seen |= each.affects
    return seen


def _differ(a: Any, b: Any) -> bool:
    return a is not b and (isinstance(a, np.ndarray) or bool(a != b))


def arrays(node: object) -> Iterator[Holder]:
    """Every (object, attribute) of a node that holds an array."""
    for name, each in properties(type(node)).items():
        value = getattr(node, name)
        if isinstance(value, np.ndarray):
            yield node, name
        elif isinstance(each.value, Data) and each.value.arrays is not None and value is not None:
            yield from each.value.arrays(value)
