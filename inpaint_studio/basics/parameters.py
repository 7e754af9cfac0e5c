"""What can be chosen for a piece of work, declared once by what does the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inpaint_studio.basics.errors import StudioError
from inpaint_studio.basics.messages import message
from inpaint_studio.basics.values import Choice, Flag, Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value = bool | int | float | str
"""A value that can be chosen; files and cache keys hold it as it is."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One choice. Panels, verbs, the command line, the Python interface and project files read this.

    `name` is its name in code and files; `value` says what it may be; `label` and `help` are for people,
    `short` is a label for narrow places. `changes_all` says that another value gives other candidates
    altogether, so that the one chosen among them means nothing any more.
    """

    name: str
    value: Number | Choice | Flag
    default: Value
    label: str
    help: str
    short: str = ""
    changes_all: bool = True

    def checked(self, given: object) -> Value:
        """A value as its kind has it. Raises StudioError, which says what is allowed."""
        kind = self.value
        if isinstance(kind, Number):
            # To Python True and False are numbers, too.
            number = None if isinstance(given, bool) or not isinstance(given, int | float) else float(given)
            if number is not None and kind.low <= number <= kind.high:
                return number
            raise StudioError(message("value.no_number", label=self.label, low=kind.low, high=kind.high))
        if isinstance(kind, Choice):
            if isinstance(given, str) and given in kind.options:
                return given
            raise StudioError(message("value.no_choice", label=self.label, choices=", ".join(kind.options)))
        if isinstance(given, bool):
            return given
        raise StudioError(message("value.no_flag", label=self.label))


def values_for(
    parameters: Iterable[Parameter], chosen: Mapping[str, object], *, strict: bool = True
) -> dict[str, Value]:
    """A value for each parameter by its name: the one chosen, else the default.

    Raises StudioError for a value that is not allowed, or without `strict` takes the default then.
    """
    values: dict[str, Value] = {}
    for parameter in parameters:
        values[parameter.name] = parameter.default
        if parameter.name in chosen:
            try:
                values[parameter.name] = parameter.checked(chosen[parameter.name])
            except StudioError:
                if strict:
                    raise
    return values
