from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path, PurePath
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """make.py, working in an empty checkout."""
    spec = importlib.util.spec_from_file_location("make_under_test", ROOT / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    for name in module.INPUTS:
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "missing_packages", list)
    return module


class Recorder:
    """Stands for `call`: keeps the commands, makes environments, fails those whose text holds `failing`."""

    def __init__(self, failing: str = "nothing at all") -> None:
        self.commands: list[str] = []
        self.failing = failing

    def __call__(self, *command: object, env: dict[str, str] | None = None) -> int:
        text = " ".join(str(part) for part in command)
        self.commands.append(text)
        if "-m venv" in text:
            for python in ("bin/python", "Scripts/python.exe"):
                path = Path(str(command[-1])) / python
                path.parent.mkdir(parents=True)
                path.touch()
        return int(self.failing in text)

    def having(self, words: str) -> list[str]:
        return [command for command in self.commands if words in command]


def record(make: ModuleType, monkeypatch: pytest.MonkeyPatch, failing: str = "nothing at all") -> Recorder:
    recorder = Recorder(failing)
    monkeypatch.setattr(make, "call", recorder)
    return recorder


def test_installs_once_until_an_input_changes(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls = record(make, monkeypatch)
    make.set_up(make.EDITOR, {"dev"})
    make.set_up(make.EDITOR, {"dev"})
    make.set_up(make.EDITOR, set())
    assert len(calls.having("pip install")) == 1
    (tmp_path / "pyproject.toml").write_text("changed")
    make.set_up(make.EDITOR, set())
    assert len(calls.having("pip install")) == 2
    assert calls.commands[-1].endswith("-e .[dev]"), "what was asked for before is kept"


def test_more_extras_are_added(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = record(make, monkeypatch)
    make.set_up(make.EDITOR, set())
    make.set_up(make.EDITOR, {"dev"})
    assert len(calls.having("pip install")) == 2
    assert json.loads(make.EDITOR.stamp.read_text())["extras"] == ["dev"]


def test_a_failed_installation_is_tried_again(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    record(make, monkeypatch, failing="pip install")
    with pytest.raises(make.Failed):
        make.set_up(make.EDITOR, set())
    calls = record(make, monkeypatch)
    make.set_up(make.EDITOR, set())
    assert len(calls.having("pip install")) == 1


def test_tested_versions_are_only_a_wish(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = record(make, monkeypatch, failing="constraints.txt")
    make.set_up(make.EDITOR, set())
    assert ["constraints.txt" in command for command in calls.having("pip install")] == [True, False]
    make.set_up(make.TRAINING, {"train"})
    assert "constraints.txt" not in calls.commands[-1]


@pytest.mark.parametrize("failing", ["--ignore tests/training", "pytest tests/training", "import torch"])
def test_both_suites_run_and_either_failure_counts(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    calls = record(make, monkeypatch, failing)
    assert make.main(["test"]) == 1
    assert len(calls.having("-m pytest tests --ignore tests/training")) == 1
    assert len(calls.having(".venv-train")) >= 3


def test_all_tests_passing_is_zero(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = record(make, monkeypatch)
    assert make.main(["test"]) == 0
    assert "pytest tests/training" in calls.commands[-1]


def test_named_tests_run_in_their_environment(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = record(make, monkeypatch)
    make.main(["test", "tests/document", "-k", "hole"])
    assert not calls.having(".venv-train")
    make.main(["test", "tests/training/test_losses.py"])
    assert ".venv-train" in calls.commands[-1]


def test_run_opens_a_sample(make: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    samples = tmp_path / "resources" / "samples"
    assert (Path(make.__file__).parent / "resources" / "samples" / make.SAMPLE).is_file()
    calls = record(make, monkeypatch)
    assert make.main(["run"]) == 0
    assert calls.commands[-1].endswith(f"-m inpaint_studio {samples / make.SAMPLE}")


def test_missing_libraries_without_root(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = record(make, monkeypatch)
    monkeypatch.setattr(make, "missing_packages", lambda: ["libegl1", "libgl1"])
    monkeypatch.setattr(make.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(make.os, "geteuid", lambda: 1000, raising=False)
    make.provide_qt_libraries()
    assert "sudo apt-get install -y --no-install-recommends libegl1 libgl1" in capsys.readouterr().out
    assert calls.commands == []


def test_missing_libraries_as_root(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = record(make, monkeypatch)
    monkeypatch.setattr(make, "missing_packages", lambda: ["libegl1"])
    monkeypatch.setattr(make.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(make.os, "geteuid", lambda: 0, raising=False)
    make.provide_qt_libraries()
    assert calls.commands[-1].endswith("libegl1")


def test_unknown_word_is_wrong_usage(make: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert make.main(["dance"]) == 2
    assert make.main([]) == 2
    assert make.main(["--help"]) == 0
    assert "make.py test" in capsys.readouterr().out


def test_an_editors_environment_holds_only_what_it_needs(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record(make, monkeypatch)
    packages = make.EDITOR.path / "lib/python3.11/site-packages"
    kept = ["PySide6/Qt/lib/libQt6Gui.so.6", "PySide6/QtWidgets.abi3.so", "numpy/tests.py", "cv2/cv2.so"]
    gone = ["PySide6/Qt/lib/libQt6Quick.so.6", "PySide6/Qt/qml/QtQuick/qmldir", "numpy/lib/tests/test_io.py"]
    for name in (*kept, *gone):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).touch()
    make.set_up(make.EDITOR, set())
    assert all((packages / name).exists() for name in kept)
    assert not any((packages / name).exists() for name in gone)


def test_nothing_is_deleted_that_the_program_imports(make: ModuleType) -> None:
    """In this environment, which may hold more: every module loaded lies where `UNUSED` does not reach."""
    code = "import sys, inpaint_studio.selftest, inpaint_studio.editor.window, onnxruntime, cv2, numpy\n"
    code += "print(*{getattr(m, '__file__', None) or '' for m in list(sys.modules.values())}, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    loaded = [Path(line) for line in done.stdout.splitlines() if "site-packages" in line]
    assert len(loaded) > 50
    for path in loaded:
        inside = PurePath(path.as_posix().split("site-packages/")[1])
        reached = [p for p in make.UNUSED for part in (inside, *inside.parents) if part.match(p)]
        assert not reached, (path, reached)
