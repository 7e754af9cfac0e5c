"""The menus as a table: what can be done, its words, its keys, and when it is possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow, QMenu

    from inpaint_studio.editor.session import Session

Needs = Literal["", "document", "layer", "selection", "found", "hole", "edge"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One action. `does` names a method of the window's `Commands` or of a part ("selection.grow")."""

    menu: str
    text: str
    does: str
    keys: tuple[str, ...] = ()
    needs: Needs = "document"


_LINE = None

ACTIONS: tuple[Spec | None, ...] = (
    Spec("File", "Open…", "open", ("Ctrl+O",), ""),
    Spec("File", "Save", "save", ("Ctrl+S",)),
    Spec("File", "Save as…", "save_as", ("Ctrl+Shift+S",)),
    Spec("File", "Export…", "export", ("Ctrl+Shift+E", "Ctrl+Alt+Shift+W")),
    _LINE,
    Spec("File", "Close", "close_document", ("Ctrl+W",)),
    Spec("File", "Quit", "quit", ("Ctrl+Q",), ""),
    Spec("Edit", "Undo", "undo", ("Ctrl+Z",)),
    Spec("Edit", "Redo", "redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
    _LINE,
    Spec("Edit", "Copy picture", "copy", ("Ctrl+C",)),
    Spec("Edit", "Paste", "paste", ("Ctrl+V",), ""),
    Spec("Edit", "Delete", "delete", ("Delete", "Backspace")),
    Spec("Select", "Find objects", "find", ("Ctrl+F",)),
    Spec("Select", "Lift all objects", "lift_all", ("Ctrl+Shift+L",), "found"),
    _LINE,
    Spec("Select", "All", "select_all", ("Ctrl+A",)),
    Spec("Select", "Deselect", "deselect", ("Ctrl+D",), "selection"),
    Spec("Select", "Invert", "invert", ("Ctrl+Shift+I",), "selection"),
    Spec("Select", "Subject", "selection.subject"),
    Spec("Select", "Outline of the layer", "selection.from_layer", (), "layer"),
    _LINE,
    Spec("Select", "Grow…", "selection.grow", (), "selection"),
    Spec("Select", "Shrink…", "selection.shrink", (), "selection"),
    Spec("Select", "Feather…", "selection.feather", ("Shift+F6",), "selection"),
    Spec("Select", "Close gaps…", "selection.close_gaps", (), "selection"),
    Spec("Select", "Remove specks…", "selection.remove_specks", (), "selection"),
    _LINE,
    Spec("Select", "Load mask…", "selection.load_mask"),
    Spec("Select", "Save mask…", "selection.save_mask", (), "selection"),
    _LINE,
    Spec("Select", "Lift selection", "lift", ("Ctrl+L",), "selection"),
    Spec("Select", "Remove selection", "remove_selection", (), "selection"),
    Spec("Layer", "Duplicate", "duplicate", ("Ctrl+J",), "layer"),
    Spec("Layer", "Put back", "put_back", ("Ctrl+Shift+J",), "layer"),
    Spec("Layer", "Delete layer", "delete_layer", (), "layer"),
    _LINE,
    Spec("Layer", "Flip horizontally", "flip_horizontal", ("Shift+H",), "layer"),
    Spec("Layer", "Flip vertically", "flip_vertical", ("Shift+V",), "layer"),
    Spec("Layer", "Transform", "transform", ("Ctrl+T",), "layer"),
    Spec("Layer", "Reset transform", "reset_transform", (), "layer"),
    _LINE,
    Spec("Layer", "Refine edge…", "edge.ask", ("Ctrl+Alt+R",), "edge"),
    Spec("Layer", "Enhance…", "enhance.ask"),
    _LINE,
    Spec("Layer", "Bring forward", "forward", ("Ctrl+]",), "layer"),
    Spec("Layer", "Send backward", "backward", ("Ctrl+[",), "layer"),
    Spec("Layer", "Bring to front", "to_front", ("Ctrl+Shift+]", "Ctrl+}"), "layer"),
    Spec("Layer", "Send to back", "to_back", ("Ctrl+Shift+[", "Ctrl+{"), "layer"),
    Spec("Fill", "Choose among fills", "fill.choose", ("Ctrl+Shift+F",), "hole"),
    Spec("Fill", "Fill again", "fill.again", ("Shift+R",), "hole"),
    Spec("Fill", "Fill options", "fill.options", (), "hole"),
    Spec("Fill", "Paint sampling area", "fill.sample", (), "hole"),
    Spec("View", "Zoom in", "zoom_in", ("Ctrl++", "Ctrl+=")),
    Spec("View", "Zoom out", "zoom_out", ("Ctrl+-",)),
    Spec("View", "Fit in window", "fit", ("Ctrl+0",)),
    Spec("View", "100 %", "actual_size", ("Ctrl+1",)),
    _LINE,
    Spec("View", "Dark theme", "theme_dark", (), ""),
    Spec("View", "Light theme", "theme_light", (), ""),
    Spec("View", "Theme of the system", "theme_system", (), ""),
    Spec("Window", "Full screen", "full_screen", ("F11",), ""),
    Spec("Window", "Hide panels", "hide_panels", (), ""),
    Spec("Help", "Keys…", "keys", ("F1",), ""),
    Spec("Help", "About Inpaint Studio…", "about", (), ""),
)


def possible(needs: Needs, session: Session) -> bool:
    """Whether an action's needs are met now."""
    document = session.document
    if not needs:
        return True
    if document is None:
        return False
    state = document.state
    if needs == "edge" and state.selection is not None:
        return True
    if needs in ("layer", "edge"):
        active = state.layer(session.active)
        return active is not None and active.movable
    if needs == "hole":
        return any(layer.holes for layer in state.layers)
    if needs == "selection":
        return state.selection is not None
    if needs == "found":
        return any(o.kind == "thing" for o in state.found)
    return True


class Actions:
    """The actions of the table on a window's menu bar."""

    def __init__(self, window: QMainWindow, session: Session, commands: object) -> None:
        self._session = session
        self._made: dict[str, tuple[Spec, QAction]] = {}
        menus: dict[str, list[Spec | None]] = {}
        current = ""
        for spec in ACTIONS:
            current = spec.menu if spec is not None else current
            menus.setdefault(current, []).append(spec)
        self.menus: dict[str, QMenu] = {}
        for title, specs in menus.items():
            menu = self.menus[title] = window.menuBar().addMenu(title)
            for spec in specs:
                if spec is None:
                    menu.addSeparator()
                else:
                    menu.addAction(self._make(window, spec, attrgetter(spec.does)(commands)))

    def _make(self, window: QMainWindow, spec: Spec, slot: Callable[[], None]) -> QAction:
        action = QAction(spec.text, window)
        action.setShortcuts([QKeySequence(k) for k in spec.keys])
        # Menu roles by text would move "About" and "Quit" only on a Mac; say it plainly.
        roles = {"about": QAction.MenuRole.AboutRole, "quit": QAction.MenuRole.QuitRole}
        action.setMenuRole(roles.get(spec.does, QAction.MenuRole.NoRole))
        action.triggered.connect(slot)
        window.addAction(action)
        self._made[spec.does] = (spec, action)
        return action

    def __getitem__(self, does: str) -> QAction:
        return self._made[does][1]

    def follow(self) -> None:
        """Enables what is possible now, and names the steps that undo and redo would take."""
        for spec, action in self._made.values():
            action.setEnabled(possible(spec.needs, self._session))
        document = self._session.document
        history = None if document is None else document.history
        place = 0 if history is None else history.position
        undone = [] if history is None else history.steps[max(place - 1, 0) : place]
        redone = [] if history is None else history.steps[place : place + 1]
        for does, steps in (("undo", undone), ("redo", redone)):
            can, name = bool(steps), steps[0].name if steps else ""
            word = does.capitalize()
            action = self[does]
            action.setEnabled(can)
            action.setText(f"{word} {name[:1].lower()}{name[1:]}" if name else word)
