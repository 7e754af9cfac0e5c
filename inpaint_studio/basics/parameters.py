"""What can be chosen for a piece of work, declared once by what does the work."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.basics.errors import StudioError
from inpaint_studio.basics.values import Choice, Flag, Number

Value = bool | int | float | str
"""A value that can be chosen; files and cache keys hold it as it is."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One choice. Panels, the command line, the Python interface and project files read this declaration.

    `id` names it in code and files; `kind` says what it may be; `label` and `help` are for people, `short`
    is a label for narrow places. `changes_all` says that another value gives other candidates altogether, so
    that the one chosen among them means nothing any more.
    """

    id: str
    kind: Number | Choice | Flag
    default: Value
    label: str
    help: str
    short: str = ""
    changes_all: bool = True

    def checked(self, value: object) -> Value:
        """The value as its kind has it. Raises StudioError, which says what is allowed."""
        kind = self.kind
        if isinstance(kind, Number):
            # To Python True and False are numbers, too.
            number = None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
            if number is not None and kind.low <= number <= kind.high:
                return number
            raise StudioError(f"{self.label} must be a number from {kind.low:g} to {kind.high:g}.")
        if isinstance(kind, Choice):
            if isinstance(value, str) and value in kind.options:
                return value
            raise StudioError(f"{self.label} must be one of: {', '.join(kind.options)}.")
        if isinstance(value, bool):
            return value
        raise StudioError(f"{self.label} must be true or false.")
