"""What the user reads, with an id and arguments, so that it can be said in another language."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from inpaint_studio.basics.texts import TEXTS


class _Sentence(string.Formatter):
    """`{name!l}` puts a name inside a sentence: a capitalised word of ours becomes plain."""

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return inside_sentence(str(value)) if conversion == "l" else super().convert_field(value, conversion)


_SENTENCE = _Sentence()


class Message(str):
    """An English text that knows its `id` and what was put into it (`arguments`, plain values).

    It is its English text wherever a text is wanted; who translates looks at the other two.
    """

    id: str
    arguments: Mapping[str, object]

    def __new__(cls, id: str, text: str, arguments: Mapping[str, object] | None = None) -> Message:
        """`text` has a field in braces for each argument. Raises KeyError for a field without one."""
        made = super().__new__(cls, _SENTENCE.vformat(text, (), arguments or {}))
        made.id, made.arguments = id, dict(arguments or {})
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # Without the template: an error that comes from a child process keeps its finished text.
        return restored, (self.id, str(self), dict(self.arguments))


def restored(id: str, text: str, arguments: Mapping[str, object]) -> Message:
    """A message whose finished text is known, as it comes from another process or a file."""
    made = Message(id, text.replace("{", "{{").replace("}", "}}"))
    made.arguments = dict(arguments)
    return made


def message(id: str, /, **arguments: object) -> Message:
    """The message of that id in `texts.TEXTS`. Raises KeyError for an id or argument that is missing."""
    return Message(id, TEXTS[id], arguments)


def inside_sentence(name: str) -> str:
    """A name of ours inside a sentence: "Car" becomes "car", "BMW" and "3 cars" stay."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
