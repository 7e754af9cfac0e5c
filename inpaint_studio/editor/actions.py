"""The verbs on a window's menu bar, with their keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from inpaint_studio.app.view_options import SWITCHES
from inpaint_studio.editor.following import follow
from inpaint_studio.studio.verbs import SUBMENU, VERBS, menus

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow

    from inpaint_studio.app.application import Application
    from inpaint_studio.studio.verbs import Verb

_ROLES = {"help.about": QAction.MenuRole.AboutRole, "application.quit": QAction.MenuRole.QuitRole}
"""Roles by text would move "About" and "Quit" only on a Mac; they are said plainly."""


_MNEMONICS = {"Image": "I&mage", "Fill": "F&ill"}
"""Of menus whose first letter another one has: what Alt opens them with."""


class Actions:
    """An action for each verb of the menu bar. What can't be done is dimmed, and says why when asked."""

    def __init__(self, window: QMainWindow, app: Application, before: Callable[[], object]) -> None:
        """`before` is called before anything is done to the document."""
        self._window, self._app, self._before = window, app, before
        self._made: dict[str, QAction] = {}
        self._refused: dict[str, list[QShortcut]] = {}
        self._shown: dict[str, tuple[str, str | None]] = {}
        self.menus: dict[str, QMenu] = {}
        for title, groups in menus().items():
            menu = self.menus[title] = window.menuBar().addMenu(_MNEMONICS.get(title, f"&{title}"))
            menu.setToolTipsVisible(True)
            for number, group in enumerate(groups):
                if number:
                    menu.addSeparator()
                for verb in group:
                    self._submenu(menu, verb).addAction(self._make(verb))
        for name in SWITCHES:
            self._show_switch(name)
        follow(window, app.view.changed, self._show_switch)

    def _submenu(self, menu: QMenu, verb: Verb) -> QMenu:
        """The menu that a verb stands in: `menu`, or one in it, which is made where its first verb stands."""
        if SUBMENU not in verb.menu:
            return menu
        if verb.menu not in self.menus:
            self.menus[verb.menu] = menu.addMenu(verb.menu.split(SUBMENU)[1])
            self.menus[verb.menu].setToolTipsVisible(True)
        return self.menus[verb.menu]

    def _make(self, verb: Verb) -> QAction:
        action = QAction(verb.title, self._window)
        action.setShortcuts([QKeySequence(keys) for keys in verb.keys])
        action.setMenuRole(_ROLES.get(verb.id, QAction.MenuRole.NoRole))
        action.triggered.connect(partial(self.ask, verb.id))
        self._window.addAction(action)
        self._made[verb.id] = action
        # The keys of a dimmed action do nothing by themselves: these tell why.
        self._refused[verb.id] = [QShortcut(QKeySequence(keys), self._window) for keys in verb.keys]
        for shortcut in self._refused[verb.id]:
            shortcut.setEnabled(False)
            shortcut.activated.connect(partial(self._tell_why, verb))
        return action

    def _show_switch(self, name: str) -> None:
        if name in SWITCHES:
            action = self._made[f"view.{name}"]
            action.setCheckable(True)
            action.setChecked(self._app.view.is_on(name))

    def __getitem__(self, verb_id: str) -> QAction:
        return self._made[verb_id]

    def ask(self, verb_id: str, _checked: bool = False) -> None:
        """Does what a menu, key or button stands for."""
        if VERBS[verb_id].do is not None:
            self._before()
        self._app.verbs.ask(verb_id)

    def _tell_why(self, verb: Verb) -> None:
        refusal = verb.possible(self._app.verbs.context())
        if refusal is not None:
            self._app.notices.tell(refusal)

    def follow(self) -> None:
        """Enables what can be done now, names it by the document, and keeps ready why the rest can't be."""
        context = self._app.verbs.context()
        for verb_id in self._made:
            verb = VERBS[verb_id]
            shown = verb.caption(context), verb.possible(context)
            if self._shown.get(verb_id) != shown:
                self._shown[verb_id] = shown
                self._show(verb_id, *shown)

    def _show(self, verb_id: str, caption: str, refusal: str | None) -> None:
        action = self._made[verb_id]
        action.setText(caption)
        action.setEnabled(refusal is None)
        action.setToolTip(refusal or "")
        action.setStatusTip(refusal or "")
        for shortcut in self._refused[verb_id]:
            shortcut.setEnabled(refusal is not None)


def add_verbs(menu: QMenu, groups: list[list[Verb]], app: Application, **named: Any) -> QMenu:
    """Fills a context menu with verbs; `named` are parameters that say what they are about.

    A verb in it is done to that even if something else has become the active layer, say, in the meantime.
    """
    context = app.verbs.context(**named)
    menu.setToolTipsVisible(True)
    for number, group in enumerate(groups):
        if number:
            menu.addSeparator()
        for verb in group:
            action = menu.addAction(_menu_text(verb, verb.caption(context)))
            action.triggered.connect(partial(_ask, app, verb.id, named))
            refusal = verb.possible(context)
            action.setEnabled(refusal is None)
            action.setToolTip(refusal or "")
    return menu


def _menu_text(verb: Verb, caption: str) -> str:
    """A menu text that shows the keys without having them: the menu bar's action has."""
    return f"{caption}\t{native_keys(verb.keys[0])}" if verb.keys else caption


def with_keys(verb: Verb) -> str:
    """A verb's title with its keys, for a tooltip."""
    return f"{verb.title} ({native_keys(verb.keys[0])})" if verb.keys else verb.title


def native_keys(keys: str) -> str:
    """Keys as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _ask(app: Application, verb_id: str, named: dict[str, Any], _checked: bool = False) -> None:
    app.verbs.ask(verb_id, **named)
