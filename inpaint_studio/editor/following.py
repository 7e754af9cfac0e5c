"""Connects widgets to events of the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from inpaint_studio.basics.event import Event

P = ParamSpec("P")


def follow(receiver: QObject, event: Event[P], callback: Callable[P, object]) -> None:
    """Calls `callback` at each event until `receiver` is destroyed."""
    end = event.connect(callback)
    receiver.destroyed.connect(lambda: end())
