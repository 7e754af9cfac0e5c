"""Guards against builds of PySide6 that lose references of None and True (6.12.0 on Python 3.11)."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QWidget

from inpaint_studio.selftest import lost_references

CALLS = 1000


def test_emits_and_plain_calls_lose_no_reference() -> None:
    none, true = lost_references(CALLS)
    assert abs(none) < CALLS // 10
    assert abs(true) < CALLS // 10


def test_widget_updates_lose_no_reference(qtbot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < CALLS // 10
