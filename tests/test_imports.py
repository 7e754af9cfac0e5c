"""Imports point one way, and starting costs no heavy package: read from the import statements."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "inpaint_studio"
SHARED = {"basics", "resources"}
MAY_IMPORT = {
    "basics": set(),
    "resources": {"basics"},
    "log": set(),
    "document": {"basics"},
    "engines": SHARED,
    "render": {"document", *SHARED},
    "files": {"document", "render", *SHARED},
    "studio": {"document", "engines", "render", "files", *SHARED},
    "jobs": {"basics"},
    "app": {"studio", "engines", "jobs", "files", "render", "document", *SHARED},
    "editor": {"app", "studio", "jobs", "render", "document", "log", *SHARED},
    "cli": {"studio", "log", *SHARED},
    "api": {"studio", "basics"},
    "__init__": {"api"},
}
ANYTHING = {"__main__", "selftest"}
QT_ROOMS = {"jobs", "editor", "render", *ANYTHING}
HEAVY = ("onnxruntime", "cv2", "patchmatch", "pymatting", "scipy", "numba")


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports anywhere: at its top, in functions, for types."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms_in(names: set[str]) -> set[str]:
    ours = {name.split(".")[1] for name in names if name.startswith("inpaint_studio.")}
    return {"__init__" if room == "__version__" else room for room in ours}


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_is_in_the_table() -> None:
    assert len(FILES) > 40
    assert {room_of(f) for f in FILES} <= set(MAY_IMPORT) | ANYTHING


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    room, names = room_of(path), imported(path)
    if room not in ANYTHING:
        # The version is the one thing of the package itself that a room may ask for.
        wrong = rooms_in(names) - {room, "__init__"} - MAY_IMPORT[room]
        assert not wrong, f"{room} imports {', '.join(sorted(wrong))}"
    if room not in QT_ROOMS:
        assert not [n for n in names if n.split(".")[0] in ("PySide6", "shiboken6")], "no Qt here"
    assert not [n for n in names if n.split(".")[0] in ("training", "benchmarks", "tests", "fastai")]


def test_a_wrong_import_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(
        "def f():\n    from inpaint_studio.editor import theme\nimport inpaint_studio.jobs.worker\n"
    )
    assert rooms_in(imported(file)) == {"editor", "jobs"}


@pytest.mark.parametrize(
    "module",
    ["inpaint_studio", "inpaint_studio.__main__", "inpaint_studio.api", "inpaint_studio.editor.window"],
)
def test_starting_loads_no_heavy_package(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_package_itself_loads_nothing() -> None:
    code = "import sys, inpaint_studio; print([m for m in ('numpy', 'PIL', 'PySide6') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def module_of(path: Path, package: Path = PACKAGE) -> str:
    parts = [package.name, *path.relative_to(package).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def arrows(package: Path = PACKAGE, *, types: bool) -> dict[str, set[str]]:
    """Which file imports which; with `types` also what is imported only for annotations."""
    files = {module_of(path, package): path for path in sorted(package.rglob("*.py"))}
    graph: dict[str, set[str]] = {}
    for module, path in files.items():
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types:
                node.body = []
        names: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    names.add(full if full in files else str(node.module))
        graph[module] = (names & files.keys()) - {module}
    return graph


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Groups of files each of which reaches all others of its group by imports."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = graph[waiting.pop()] - seen
            seen |= new
            waiting += new
        reached[start] = seen
    groups = {frozenset({b for b in reached[a] if a in reached[b]}) for a in graph if a in reached[a]}
    return [set(group) for group in groups]


def test_files_import_each_other_in_no_circle() -> None:
    assert circles(arrows(types=False)) == []


def test_annotations_go_round_only_between_the_window_and_its_functions() -> None:
    allowed = {f"inpaint_studio.editor.{name}" for name in ("window", "commands")}
    assert all(group == allowed for group in circles(arrows(types=True)))


def test_a_circle_would_be_seen(tmp_path: Path) -> None:
    package = tmp_path / "inpaint_studio"
    package.mkdir()
    (package / "a.py").write_text("def f():\n    from inpaint_studio.b import g\n")
    (package / "b.py").write_text("import inpaint_studio.c\n")
    (package / "c.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from inpaint_studio import a\n"
    )
    assert circles(arrows(package, types=False)) == []
    assert circles(arrows(package, types=True)) == [{f"inpaint_studio.{name}" for name in "abc"}]
