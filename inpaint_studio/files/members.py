"""Named pieces of bytes, as a zip or a folder holds them: what records are written to and read from."""

from __future__ import annotations

from typing import Protocol

from inpaint_studio.basics.errors import StudioError


class MemberWriter(Protocol):
    """Takes the members of a file."""

    def add(self, name: str, data: bytes, pack: bool = False) -> None:
        """Writes a member; `pack` says that its bytes are not packed yet."""
        ...


class MemberReader(Protocol):
    """Gives the members of a file. All but `damaged` raise StudioError for what is missing or too large."""

    name: str
    """The file's name, for messages."""

    def __contains__(self, member: object) -> bool: ...

    def read(self, member: str) -> bytes: ...

    def read_text(self, member: str) -> str: ...

    def damaged(self, why: str) -> StudioError:
        """What to raise about contents that make no sense."""
        ...
