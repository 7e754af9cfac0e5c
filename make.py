#!/usr/bin/env python3
"""Sets up, starts, tests and packages Inpaint Studio. Needs Python 3.11 or newer and nothing else.

python3 make.py run [PHOTO ...]   start the editor, on a sample photo if none is named
python3 make.py test [ARGS]       all tests; with ARGS: just what pytest is told with them
python3 make.py lint              ruff and mypy
python3 make.py bench [NAME ...]  the benchmarks (default: ui)
python3 make.py package           what artists install, in dist/, for this system; its self-test
"""

from __future__ import annotations

import ctypes.util
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
INPUTS = ("pyproject.toml", "setup.py", "constraints.txt")
QT_LIBRARIES = {
    "libegl1": "EGL",
    "libgl1": "GL",
    "libxkbcommon0": "xkbcommon",
    "libxkbcommon-x11-0": "xkbcommon-x11",
    "libdbus-1-3": "dbus-1",
    "libfontconfig1": "fontconfig",
    "libxcb-cursor0": "xcb-cursor",
    "libxcb-icccm4": "xcb-icccm",
    "libxcb-image0": "xcb-image",
    "libxcb-keysyms1": "xcb-keysyms",
    "libxcb-render-util0": "xcb-render-util",
    "libxcb-shape0": "xcb-shape",
    "libxcb-util1": "xcb-util",
    "libxcb-xkb1": "xcb-xkb",
    "libxcb-randr0": "xcb-randr",
    "libxcb-xinerama0": "xcb-xinerama",
}
UNUSED = (
    # Qt: QML and Quick, the tools for programmers, and what describes them.
    "PySide6/Qt/qml", "PySide6/qml", "PySide6/Qt/metatypes", "PySide6/metatypes", "PySide6/typesystems",
    "PySide6/glue", "PySide6/include", "PySide6/doc", "PySide6/Qt/libexec", "PySide6/*.app",
    *(f"PySide6/{tool}*" for tool in ("assistant", "designer", "linguist", "lupdate", "lrelease", "lconvert",
                                      "qmlls", "qmlformat", "qmllint", "svgtoqml", "balsam", "qsb")),
    *(f"PySide6/Qt{part}*.{kind}" for part in ("Qml", "Quick", "Designer", "Help", "OpenGL")
      for kind in ("so", "pyd", "pyi")),
    *(f"PySide6/{place}{part}*" for place in ("Qt/lib/libQt6", "Qt/lib/Qt", "Qt6")
      for part in ("Quick", "Qml", "Designer", "Labs", "Help", "Lottie", "WaylandCompositor")),
    *(f"PySide6/{place}/{kind}" for place in ("Qt/plugins", "plugins")
      for kind in ("designer", "qmltooling", "qmllint", "sqldrivers", "scxmldatamodel",
                   "platforminputcontexts/*virtualkeyboard*")),
    *(f"PySide6/{place}/{kind}_*.qm" for place in ("Qt/translations", "translations")
      for kind in ("assistant", "designer", "linguist", "qtdeclarative", "qt_help")),
    # The libraries' own tests, trained cascades, and tools that make networks.
    "numpy/**/tests", "cv2/data/*.xml",
    *(f"onnxruntime/{part}" for part in ("transformers", "tools", "quantization", "datasets")),
)  # fmt: skip
"""Below site-packages: what the wheels hold beside what the editor needs, 150 MB of 700."""
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
TEST_PROCESSES = min(4, os.cpu_count() or 1)
"""Each loads the networks anew and wants a gigabyte of memory."""
NMS_CHECK = "import torch, torchvision as v; v.ops.nms(torch.tensor([[0, 0, 1, 1.0]]), torch.ones(1), 0.5)"


class Failed(Exception):
    """A step did not work; the text says which and what to do."""


@dataclass(frozen=True)
class Environment:
    """One virtual environment: its folder in the checkout and the extra packages it may hold.

    In a `slim` one, what is `UNUSED` is deleted.
    """

    folder: str
    constrained: bool
    also: tuple[str, ...] = ()
    slim: bool = False

    @property
    def path(self) -> Path:
        return ROOT / self.folder

    @property
    def python(self) -> Path:
        return self.path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        return self.path / "installed.json"


EDITOR = Environment(".venv", constrained=True, slim=True)
# torchvision decides which torch this one takes; constraints hold the editor's packages.
TRAINING = Environment(".venv-train", constrained=False, also=("pytest>=8", "pytest-qt>=4.4"))


SAMPLE = "meadow.jpg"
"""What `run` opens if it is given nothing."""


def call(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command in the checkout, its output shown as it comes; its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False).returncode


def say(text: str) -> None:
    print(text, flush=True)


def fingerprint() -> str:
    """Changes when an environment has to be installed anew."""
    parts = [(ROOT / name).read_bytes() for name in INPUTS] + [str(ROOT).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def set_up(where: Environment, extras: set[str]) -> None:
    """Create the environment and install the project with these extras into it, if that is not done yet."""
    inputs, installed = read_stamp(where)
    if inputs == fingerprint() and extras <= installed and where.python.exists():
        return
    extras = extras | installed
    if not where.python.exists():
        say(f"Making {where.folder} ...")
        if call(sys.executable, "-m", "venv", where.path):
            raise Failed("Python's venv is missing. On Debian: apt-get install python3-venv")
    where.stamp.unlink(missing_ok=True)
    say(f"Installing into {where.folder}; the first time takes some minutes ...")
    install(where, extras)
    if where.slim:
        slim(where)
    where.stamp.write_text(json.dumps({"inputs": fingerprint(), "extras": sorted(extras)}), encoding="utf-8")


def read_stamp(where: Environment) -> tuple[str, set[str]]:
    """The fingerprint and the extras of the last complete installation."""
    try:
        state = json.loads(where.stamp.read_text(encoding="utf-8"))
        return state["inputs"], set(state["extras"])
    except (OSError, ValueError, KeyError):
        return "", set()


def install(where: Environment, extras: set[str]) -> None:
    """pip install this checkout, editable, with the tested versions if they are to be had."""
    project = f".[{','.join(sorted(extras))}]" if extras else "."
    pip: tuple[str | Path, ...] = (
        where.python,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "-q",
        *where.also,
    )
    if where.constrained:
        if not call(*pip, "-c", "constraints.txt", "-e", project):
            return
        say("The tested versions are not all to be had here; trying the newest that fit.")
    if call(*pip, "-e", project):
        raise Failed("The packages could not be installed; pip says above why.")


def slim(where: Environment) -> None:
    """Deletes what is never loaded; pip brings it back with the next version of its package."""
    for packages in (*where.path.glob("lib/python*/site-packages"), where.path / "Lib/site-packages"):
        for path in [found for pattern in UNUSED for found in packages.glob(pattern)]:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def set_up_editor(*extras: str) -> None:
    set_up(EDITOR, set(extras))
    if sys.platform.startswith("linux"):
        provide_qt_libraries()
    code = "import PySide6.QtGui, PySide6.QtWidgets"
    if call(EDITOR.python, "-c", code):
        raise Failed("Qt does not start here; the line above names the library that is missing.")


def set_up_training() -> None:
    set_up(TRAINING, {"train"})
    if call(TRAINING.python, "-c", NMS_CHECK):
        raise Failed(f"torch and torchvision in {TRAINING.folder} do not fit; delete that folder, try again.")


def missing_packages() -> list[str]:
    """The Debian packages of the system libraries that Qt needs and this machine lacks."""
    missing = [package for package, library in QT_LIBRARIES.items() if not ctypes.util.find_library(library)]
    has_font = any(next(folder.rglob("*.[to]tf"), None) for folder in FONT_FOLDERS if folder.is_dir())
    return missing if has_font else [*missing, "fonts-dejavu-core"]


def provide_qt_libraries() -> None:
    """Install what Qt lacks where that is possible without asking, else say how."""
    missing = missing_packages()
    if not missing:
        return
    if not shutil.which("apt-get"):
        say(f"Qt may need system libraries that were not found. Debian calls them: {' '.join(missing)}")
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        say(f"Qt needs system libraries. Please run:\n    sudo {shlex.join(command)}")
        return
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if call("apt-get", "update", "-q", env=env) or call(*command, env=env):
        raise Failed("Qt's system libraries could not be installed; apt-get says above why.")


def run(args: list[str]) -> int:
    set_up_editor()
    photos = args or [str(ROOT / "resources" / "samples" / SAMPLE)]
    return call(EDITOR.python, "-m", "inpaint_studio", *(Path(photo).absolute() for photo in photos))


def test(args: list[str]) -> int:
    """Editor tests and training tests, each in its environment; both run even if the first fail."""
    if args:
        # Only what is to be run counts, not what is left out ("--ignore tests/training").
        named = [a for a, before in zip(args, ["", *args], strict=False) if before != "--ignore"]
        training = any(Path(a).as_posix().startswith("tests/training") for a in named)
        return training_tests(args) if training else editor_tests(args)
    results = []
    for name, suite, default in (
        ("Editor", editor_tests, ["tests", "--ignore", "tests/training", *in_parallel()]),
        ("Training", training_tests, ["tests/training"]),
    ):
        say(f"{name} tests")
        try:
            results.append(suite(default))
        except Failed as error:
            say(str(error))
            results.append(1)
        if len(results) == 1 and results[0]:
            say("The editor tests failed; the training tests run all the same.")
    return max(results)


def in_parallel() -> list[str]:
    """What makes pytest spread the files over processes; for a few tests, starting those takes longer."""
    return ["-n", str(TEST_PROCESSES), "--dist", "loadfile"]


def editor_tests(args: list[str]) -> int:
    set_up_editor("dev")
    return call(EDITOR.python, "-m", "pytest", *args, env=quiet_env())


def training_tests(args: list[str]) -> int:
    set_up_training()
    return call(TRAINING.python, "-m", "pytest", *args, env=quiet_env())


def quiet_env() -> dict[str, str]:
    """No window appears while tests and self-tests run."""
    return {"QT_QPA_PLATFORM": "offscreen"} | os.environ


def lint(args: list[str]) -> int:
    set_up_editor("dev")
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy", "--strict", "inpaint_studio", "installers", "make.py"),
    )
    return max([call(EDITOR.python, "-m", *check) for check in checks])


def bench(args: list[str]) -> int:
    set_up_editor("dev")
    return max([call(EDITOR.python, "-m", f"benchmarks.{name}", env=quiet_env()) for name in args or ["ui"]])


def package(args: list[str]) -> int:
    set_up_editor("dev")
    if call(EDITOR.python, "-m", "PyInstaller", "--noconfirm", "--clean", "inpaint_studio.spec"):
        raise Failed("PyInstaller failed; it says above why.")
    program = (
        ROOT / "dist" / "inpaint-studio" / ("inpaint-studio.exe" if os.name == "nt" else "inpaint-studio")
    )
    say(f"Testing {program} ...")
    if call(program, "selftest", env=quiet_env()):
        raise Failed("The packaged program failed its self-test; the table above says where.")
    return call(EDITOR.python, "-m", "installers")


COMMANDS = {"run": run, "test": test, "lint": lint, "bench": bench, "package": package}


def main(argv: list[str]) -> int:
    # An older Python gets this far; it should be told, not shown a traceback.
    if sys.version_info < (3, 11):  # noqa: UP036
        say("Inpaint Studio needs Python 3.11 or newer.")
        return 1
    if not argv or argv[0] not in COMMANDS:
        say(__doc__ or "")
        return 0 if argv in (["-h"], ["--help"], ["help"]) else 2
    try:
        return COMMANDS[argv[0]](argv[1:])
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
