"""The look: colour tokens, the style sheet built from them, and icons tinted to match."""

from __future__ import annotations

import json
import re
import weakref
from functools import cache
from pathlib import Path
from typing import Literal, Protocol, cast

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory
from shiboken6 import isValid

from inpaint_studio.resources import resource

ThemeName = Literal["dark", "light", "system"]
PANEL_WIDTH, CONTROL_HEIGHT, ROW_HEIGHT, LAYER_ROW_HEIGHT, ICON_SIZE = 312, 28, 30, 28, 20
_RATIOS = (1.0, 1.5, 2.0, 3.0)


class HasIcon(Protocol):
    """A QAction or a button."""

    def setIcon(self, icon: QIcon, /) -> None: ...


class _Theme(QObject):
    """What is worn now; `changed` comes after the style sheet and all icons given by `set_icon` are new."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice: ThemeName = "system"
        self.shown: Literal["dark", "light"] = "dark"
        self.images = QTemporaryDir()
        self.targets: weakref.WeakKeyDictionary[QObject, tuple[str, int, str]] = weakref.WeakKeyDictionary()

    def tell(self) -> None:
        """Another theme is worn."""
        self.changed.emit()

    def follow_system(self) -> None:
        if self.choice == "system" and self.shown != _system_theme():
            _wear(cast(QApplication, QApplication.instance()))


@cache
def theme() -> _Theme:
    """The one theme object of this process; connect to its `changed` to repaint own drawings."""
    return _Theme()


def apply_theme(app: QApplication, name: ThemeName) -> None:
    """Dress the whole program; "system" follows the desktop, also when it changes later."""
    state = theme()
    hints = app.styleHints()
    if state.parent() is None:
        state.setParent(app)
        app.aboutToQuit.connect(state.images.remove)
        hints.colorSchemeChanged.connect(state.follow_system)
    state.choice = name
    schemes = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light, "system": Qt.ColorScheme.Unknown}
    hints.setColorScheme(schemes[name])
    _wear(app)


def tokens() -> dict[str, str]:
    """The colours worn now, by name, as Qt style sheets write them ("#rrggbb" or "rgba(r, g, b, a)")."""
    return _tokens_of(theme().shown)


def color(name: str) -> QColor:
    """One of the colours worn now, for own painting. KeyError for an unknown name."""
    return _parse(tokens()[name])


def icon(name: str, size: int = ICON_SIZE, on: str = "on-accent") -> QIcon:
    """An icon in the theme's colours for normal, hovered, disabled and checked (`on`: that token) states.

    Keeps the colours of the moment; `set_icon` also follows later theme changes.
    """
    made = QIcon()
    states = (
        (QIcon.Mode.Normal, QIcon.State.Off, "second"),
        (QIcon.Mode.Active, QIcon.State.Off, "text"),
        (QIcon.Mode.Selected, QIcon.State.Off, "text"),
        (QIcon.Mode.Normal, QIcon.State.On, on),
        (QIcon.Mode.Active, QIcon.State.On, on),
        (QIcon.Mode.Selected, QIcon.State.On, on),
        (QIcon.Mode.Disabled, QIcon.State.Off, "disabled"),
        (QIcon.Mode.Disabled, QIcon.State.On, "disabled"),
    )
    for mode, state, token in states:
        for ratio in _RATIOS:
            made.addPixmap(_pixmap(name, size, ratio, tokens()[token]), mode, state)
    return made


def set_icon(target: HasIcon, name: str, size: int = ICON_SIZE, on: str = "on-accent") -> None:
    """Give an action or button an icon that is tinted anew whenever the theme changes."""
    target.setIcon(icon(name, size, on))
    theme().targets[cast(QObject, target)] = (name, size, on)


def pixmap(name: str, size: int = ICON_SIZE, token: str = "second", ratio: float = 1.0) -> QPixmap:
    """An icon as one picture of size × size logical pixels in the colour of a token, for own painting."""
    return _pixmap(name, size, ratio, tokens()[token])


def style_sheet() -> str:
    """The style sheet with the colours worn now filled in. KeyError if it names an unknown token."""
    values = tokens()

    def value(match: re.Match[str]) -> str:
        word = match[1]
        return _tinted_file(word.removeprefix("image-")) if word.startswith("image-") else values[word]

    text = resource("themes", "studio.qss").read_text(encoding="utf-8")
    body = text.split("*/", 1)[1]
    return re.sub(r"@([a-z-]+)", value, body)


def _wear(app: QApplication) -> None:
    state = theme()
    state.shown = _system_theme() if state.choice == "system" else state.choice
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette())
    app.setStyleSheet(style_sheet())
    for target, (name, size, on) in list(state.targets.items()):
        if isValid(target):
            cast(HasIcon, target).setIcon(icon(name, size, on))
    state.tell()


def _system_theme() -> Literal["dark", "light"]:
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if light else "dark"


@cache
def _tokens_of(name: str) -> dict[str, str]:
    themes: dict[str, dict[str, str]] = json.loads(resource("themes", "tokens.json").read_text("utf-8"))
    table = themes[name]
    raised, accent = _parse(table["raised"]), _parse(table["accent"])
    mixed = {
        # Buttons are opaque, so their hover is mixed here and not laid over what is below.
        "raised-hover": _over(raised, _parse(table["hover"])),
        "raised-pressed": _over(raised, _parse(table["pressed"])),
        "accent-hover": accent.lighter(112),
        "accent-pressed": accent.darker(112),
        "scroll": _over(_parse(table["panel"]), _faded(_parse(table["text"]), 0.22)),
    }
    return table | {key: mix.name() for key, mix in mixed.items()}


def _parse(text: str) -> QColor:
    if not text.startswith("rgba"):
        return QColor(text)
    red, green, blue, alpha = (float(part) for part in text[5:-1].split(","))
    return QColor(int(red), int(green), int(blue), round(alpha * 255))


def _faded(base: QColor, alpha: float) -> QColor:
    faded = QColor(base)
    faded.setAlphaF(alpha)
    return faded


def _over(below: QColor, above: QColor) -> QColor:
    a = above.alphaF()

    def mix(under: int, over: int) -> int:
        return round(under * (1 - a) + over * a)

    return QColor(
        mix(below.red(), above.red()), mix(below.green(), above.green()), mix(below.blue(), above.blue())
    )


def _palette() -> QPalette:
    role = QPalette.ColorRole
    roles = {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "panel",
        role.AlternateBase: "panel",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "on-accent",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "second",
        role.Highlight: "accent",
        role.HighlightedText: "on-accent",
        role.Accent: "accent",
        role.Link: "accent-line",
        role.LinkVisited: "accent-line",
        role.Mid: "line",
        role.Dark: "line",
        role.Midlight: "raised",
        role.Light: "raised",
        role.Shadow: "canvas",
    }
    palette = QPalette()
    for key, token in roles.items():
        palette.setColor(key, color(token))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, color("disabled"))
    return palette


@cache
def _svg(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@cache
def _pixmap(name: str, size: int, ratio: float, paint: str) -> QPixmap:
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    value = _parse(paint)
    painter.setOpacity(value.alphaF())
    svg = QSvgRenderer(QByteArray(_svg(name).replace("#000", value.name()).encode()))
    svg.render(painter, QRectF(0, 0, drawn.width(), drawn.height()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def _tinted_file(name: str) -> str:
    """A style sheet can only show images from files: one tinted copy a theme, removed at exit."""
    on = name.endswith("-on")
    path = Path(theme().images.path()) / f"{name}-{theme().shown}.svg"
    if not path.exists():
        paint = color("on-accent" if on else "second")
        path.write_text(_svg(name.removesuffix("-on")).replace("#000", paint.name()), encoding="utf-8")
    return path.as_posix()
