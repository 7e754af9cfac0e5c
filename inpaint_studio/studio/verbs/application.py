"""Verbs of the application: the window brings their functions under the same ids."""

from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.exporting import EXPORT_LAYERS
from inpaint_studio.studio.verbs.verb import Verb

FILE = (
    Verb("file.new_from_clipboard", "New from clipboard", "File", ("Ctrl+N",)),
    Verb("file.from_camera", "From camera…", "File"),
    Verb("file.new_window", "New window", "File", ("Ctrl+Shift+N",)),
    Verb("file.open", "Open…", "File", ("Ctrl+O",), line=True),
    Verb("file.open_recent", "Open recent…", "File", ("Ctrl+Shift+O",)),
    Verb("file.place", "Place as layer…", "File", (), when.document),
    Verb("file.save", "Save", "File", ("Ctrl+S",), when.document, line=True),
    Verb("file.save_as", "Save as…", "File", ("Ctrl+Shift+S",), when.document),
    Verb("file.export", "Export…", "File", ("Ctrl+Shift+E", "Ctrl+Alt+Shift+W"), when.document),
    EXPORT_LAYERS,
    Verb("file.batch", "Batch…", "File", line=True),
    Verb("file.close", "Close", "File", ("Ctrl+W",), when.document, line=True),
    Verb("application.quit", "Quit", "File", ("Ctrl+Q",)),
)

PREFERENCES = (Verb("edit.preferences", "Preferences…", "Edit", ("Ctrl+K",), line=True),)

CLIPBOARD = (
    Verb("edit.cut", "Cut", "Edit", ("Ctrl+X",), when.can_cut, line=True),
    Verb("edit.copy", "Copy", "Edit", ("Ctrl+C",), when.node),
    Verb("edit.copy_merged", "Copy merged", "Edit", ("Ctrl+Shift+C",), when.document),
    Verb("edit.paste", "Paste", "Edit", ("Ctrl+V",)),
    Verb("edit.paste_in_place", "Paste in place", "Edit", ("Ctrl+Shift+V",), when.document),
)

VIEW = (
    Verb("view.zoom_in", "Zoom in", "View", ("Ctrl++", "Ctrl+="), when.document),
    Verb("view.zoom_out", "Zoom out", "View", ("Ctrl+-",), when.document),
    Verb("view.fit", "Fit in window", "View", ("Ctrl+0",), when.document),
    Verb("view.actual_size", "100 %", "View", ("Ctrl+1",), when.document),
    Verb("view.turn_right", "Turn the view right", "View", ("Ctrl+Alt+Right",), when.document, line=True),
    Verb("view.turn_left", "Turn the view left", "View", ("Ctrl+Alt+Left",), when.document),
    Verb("view.turn_upright", "View upright", "View", ("Ctrl+Alt+Up",), when.document),
    Verb("view.rulers", "Rulers", "View", ("Ctrl+R",), when.document, line=True),
    Verb("view.snap", "Snap", "View", ("Ctrl+Shift+;",), when.document),
    Verb("view.pixel_grid", "Pixel grid", "View", (), when.document),
    Verb("view.guides", "Guides", "View", ("Ctrl+;",), when.document),
)

LOOK = (
    Verb("view.dark_theme", "Dark theme", "View", line=True),
    Verb("view.light_theme", "Light theme", "View"),
    Verb("view.system_theme", "Theme of the system", "View"),
    Verb("window.next_document", "Next document", "Window", ("Ctrl+Tab", "Ctrl+PgDown"), when.document),
    Verb(
        "window.previous_document",
        "Previous document",
        "Window",
        ("Ctrl+Shift+Tab", "Ctrl+PgUp"),
        when.document,
    ),
    Verb("window.full_screen", "Full screen", "Window", ("F11",)),
    Verb("window.hide_panels", "Hide panels", "Window"),
    Verb("window.reset_panels", "Reset panels", "Window", possible=when.document),
)

HELP = (
    Verb("help.commands", "Find a command…", "Help", ("Ctrl+Shift+P",)),
    Verb("help.keys", "Keys…", "Help", ("F1",)),
    Verb("help.networks", "Networks…", "Help"),
    Verb("help.diagnostics", "Copy diagnostics", "Help", line=True),
    Verb("help.about", "About Inpaint Studio…", "Help"),
)
