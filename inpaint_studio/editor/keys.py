"""All keys: of tools, canvas and verbs. `python -m inpaint_studio.editor.keys` writes those of README."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from inpaint_studio.editor.tools.table import TOOLS
from inpaint_studio.studio.verbs import VERBS

ON_CANVAS = (
    ("Pan", "Space + drag"),
    ("Zoom at the pointer", "Wheel"),
    ("Hide or show the panels", "Tab"),
    ("Show the original", "\\ held"),
    ("Nudge by 1 or 10 pixels", "Arrows, Shift + arrows"),
    ("Brush size, hardness", "[ ], Shift + [ ]"),
    ("Swap add and subtract", "X"),
    ("Mask tinted, all else dimmed, outline only (brushes)", "O"),
    ("Opacity of the layer (move tool)", "0 to 9"),
    ("Add, subtract, intersect (selecting)", "Shift, Alt, Shift + Alt"),
    ("Another answer to a click: next, before", ". and ,"),
    ("Another fill: next, before, keep", ". and , Enter"),
    ("Copy while dragging", "Alt + drag"),
    ("Lift the selection, drop it", "Enter, Esc"),
)
"""What only the canvas knows, and its keys."""

_TABLE = re.compile(r"(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)", re.DOTALL)


def tool_keys() -> list[tuple[str, str]]:
    """The tools and their keys."""
    return [(tool.title, tool.key) for tool in TOOLS]


def verb_keys() -> list[tuple[str, str, tuple[str, ...]]]:
    """Menu, title and keys of the verbs that have keys, in the order of the menus."""
    return [(verb.menu, verb.title.rstrip("…"), verb.keys) for verb in VERBS.values() if verb.keys]


def with_keys(text: str) -> str:
    """A README with the table of keys between its two marks. Raises ValueError if they are not there."""
    rows = ["| key | does |", "|---|---|"]
    tools = tool_keys()
    rows.append(f"| {', '.join(key for _, key in tools)} | {', '.join(t.lower() for t, _ in tools)} |")
    rows += [f"| {' or '.join(keys)} | {menu}: {title} |" for menu, title, keys in verb_keys()]
    rows += [f"| {keys} | {what} |" for what, keys in ON_CANVAS]
    table = "\n".join(row.replace("\\", "\\\\") for row in rows) + "\n"
    made, count = _TABLE.subn(lambda _: table, text)
    if count != 1:
        raise ValueError("There is no place for the keys between <!-- keys --> and <!-- /keys -->.")
    return made


if __name__ == "__main__":
    readme = Path(sys.argv[1] if len(sys.argv) > 1 else "README.md")
    readme.write_text(with_keys(readme.read_text("utf-8")), "utf-8")
