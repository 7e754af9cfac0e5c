"""Who may do what: events are emitted by their owner, jobs hold nothing that the window changes meanwhile."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "inpaint_studio"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "selftest.py")


def foreign_emits(source: str) -> list[str]:
    """The calls and uses of `emit` of an event that belongs to another object: `other.changed.emit`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == "emit" and isinstance(node.value, ast.Attribute):
            owner = node.value.value
            if not (isinstance(owner, ast.Name) and owner.id == "self"):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_events_are_emitted_by_their_owner(path: Path) -> None:
    assert not foreign_emits(path.read_text("utf-8"))


def test_a_foreign_emit_would_be_seen() -> None:
    assert foreign_emits("def f(self):\n    self.changed.emit()\n    self.other.changed.emit(1)\n") == [
        "line 3: self.other.changed.emit"
    ]
    assert foreign_emits("job.failed.connect(notices.error.emit)")
