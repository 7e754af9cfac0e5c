"""Engines are found by what they say of themselves: ours in their rooms, others by an entry point."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

import inpaint_studio as ips
from inpaint_studio.basics import StudioError
from inpaint_studio.basics.parameters import Parameter
from inpaint_studio.basics.values import Choice, Flag, Number
from inpaint_studio.cli.parser import make_parser
from inpaint_studio.document import FillOptions
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import EngineInfo
from inpaint_studio.engines.fillers import auto
from inpaint_studio.studio.fill import Fillers, fill_parameters
from inpaint_studio.studio.fill_options import parameters_of

PLUGIN = dedent('''\
    """A filler of another package: it paints in one colour."""

    from inpaint_studio.basics.parameters import Parameter
    from inpaint_studio.basics.values import Number
    from inpaint_studio.engines.contracts import EngineInfo, Fill

    LEVEL = Parameter("level", Number(0, 255), 9.0, "Level", "How bright it paints")
    ENGINE = EngineInfo(
        "plain", "filler", "One colour", f"{__name__}:Plain", "MIT", takes=frozenset(), parameters=(LEVEL,)
    )


    class Plain:
        def fill(self, task, *, seed=0, candidates=1, level=9.0, progress=None):
            pixels = task.image.copy()
            pixels[task.hole > 0] = round(level)
            yield Fill(pixels, final=True)
''')


@pytest.fixture
def afresh():
    """The engines are described anew, before and after."""
    registry._described.cache_clear()
    yield
    registry._described.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, afresh: None):
    """Installs a package with a module and an entry point for each of its engines."""

    def install(name: str, module: str, *points: str) -> None:
        (tmp_path / f"{name}.py").write_text(module, "utf-8")
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"[{registry.ENTRY_POINTS}]", *points]
        (about / "entry_points.txt").write_text("\n".join(lines) + "\n")

    monkeypatch.syspath_prepend(str(tmp_path))
    yield install
    for name in [n for n in sys.modules if n.startswith("plugin_")]:
        del sys.modules[name]


def test_a_filler_of_another_package_is_found_and_fills(installed) -> None:
    installed("plugin_plain", PLUGIN, "plain = plugin_plain:ENGINE")
    assert "plain" in [engine.id for engine in registry.engines("filler")]
    image, hole = np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20), np.uint8)
    hole[5:9, 5:9] = 255
    assert (ips.fill(image, hole, filler="plain")[hole > 0] == 9).all()


def test_a_broken_package_is_left_out_and_logged(installed, caplog) -> None:
    installed("plugin_broken", "raise RuntimeError('not here')", "broken = plugin_broken:ENGINE")
    installed("plugin_odd", "ENGINE = (1, 2)", "odd = plugin_odd:ENGINE")
    with caplog.at_level(logging.WARNING):
        assert registry.engines("filler")[0].id == "auto"
    assert "broken" in caplog.text and "odd" in caplog.text


def test_another_package_does_not_take_the_place_of_ours(installed, caplog) -> None:
    installed("plugin_telea", PLUGIN.replace('"plain"', '"telea"'), "telea = plugin_telea:ENGINE")
    with caplog.at_level(logging.WARNING):
        assert registry.info("telea", "filler").title == "Smooth and quick"
    assert "telea" in caplog.text


def test_one_file_in_the_room_is_a_new_filler(tmp_path: Path) -> None:
    copy = tmp_path / "inpaint_studio"
    shutil.copytree(Path(ips.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "engines" / "fillers" / "plain.py").write_text(PLUGIN, "utf-8")
    code = "from inpaint_studio.engines import registry; print([e.id for e in registry.engines('filler')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "'plain'" in done.stdout


def test_listing_engines_loads_none_of_them() -> None:
    code = """if True:
        import sys
        from inpaint_studio.engines import registry
        for kind in ("finder", "selector", "matte", "filler", "enhancer"):
            assert registry.engines(kind)
        print([name for name in ("cv2", "torch", "onnxruntime", "patchmatch") if name in sys.modules])
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", ["finder", "selector", "matte", "filler", "enhancer"])
def test_every_engine_of_ours_can_be_made(kind) -> None:
    for engine in registry.engines(kind):
        assert registry.load(engine.id, kind) is registry.load(engine.id, kind)
    assert registry.usual(kind) in registry.installed(kind)


def test_what_is_unknown_is_said_with_what_there_is() -> None:
    with pytest.raises(StudioError, match=r"no filler called “magic”.*auto, guided"):
        registry.info("magic", "filler")
    with pytest.raises(StudioError, match="No matte"):
        registry.usual("matte", "miracles")


def test_an_engine_without_its_network_is_not_offered(monkeypatch, tmp_path) -> None:
    from inpaint_studio.engines.networks import places

    monkeypatch.setattr(places, "resource", lambda *parts: tmp_path)
    ids = [engine.id for engine in registry.installed("filler")]
    assert "network" not in ids and ids[0] == auto.ENGINE.id
    assert registry.usual("selector").network is None


def test_a_filler_that_cannot_be_interrupted_works_in_a_process_of_its_own(monkeypatch) -> None:
    ended = []

    class Slow:
        def close(self):
            ended.append(self)

    info = EngineInfo("slow", "filler", "Slow", "x:X", "MIT", isolated="x:apart")
    monkeypatch.setattr(registry, "info", lambda name, kind: info)
    monkeypatch.setattr(registry, "make", lambda factory: Slow() if factory == "x:apart" else None)
    fillers = Fillers()
    made = fillers.get("slow")
    assert isinstance(made, Slow) and fillers.get("slow") is made
    fillers.close()
    assert ended == [made]


INFO = EngineInfo(
    "x", "filler", "X", "x:X", "MIT",
    parameters=(
        Parameter("size", Number(1, 9), 3.0, "Size", ""),
        Parameter("mode", Choice(("fast", "fine")), "fast", "Mode", ""),
        Parameter("mirrored", Flag(), False, "Mirrored", ""),
    ),
)  # fmt: skip


def test_values_are_those_chosen_else_the_defaults() -> None:
    assert INFO.values({}) == {"size": 3.0, "mode": "fast", "mirrored": False}
    assert INFO.values({"size": 4, "mode": "fine", "mirrored": True, "other": 1}) == {
        "size": 4.0, "mode": "fine", "mirrored": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"size": 10}, "Size must be a number from 1 to 9"),
        ({"size": True}, "number"),
        ({"size": "3"}, "number"),
        ({"mode": "slow"}, "one of: fast, fine"),
        ({"mirrored": 1}, "true or false"),
    ],
)
def test_a_value_that_is_not_allowed(chosen, words) -> None:
    with pytest.raises(StudioError, match=words):
        INFO.values(chosen)
    assert INFO.values(chosen, strict=False) == INFO.values({})


def test_a_parameter_of_a_filler_reaches_the_command_line_and_the_interface(installed, tmp_path) -> None:
    installed("plugin_plain", PLUGIN, "plain = plugin_plain:ENGINE")
    assert [parameter.name for parameter in parameters_of("plain")] == ["level"]
    assert {"adaptation", "level"} == {parameter.name for parameter in fill_parameters()}
    words = ["fill", "a.png", "b.png", "-o", "c.png", "--level", "30"]
    assert make_parser().parse_args(words).level == 30
    image, hole = np.zeros((20, 20, 3), np.uint8), np.full((20, 20), 0, np.uint8)
    hole[5:9, 5:9] = 255
    assert (ips.fill(image, hole, filler="plain", level=30)[hole > 0] == 30).all()
    with pytest.raises(StudioError, match="Level must be a number from 0 to 255"):
        ips.fill(image, hole, filler="plain", level=300)
    with pytest.raises(StudioError, match="no option “depth”"):
        ips.fill(image, hole, depth=1)


def test_the_usual_filler_is_that_of_a_hole_nobody_chose_for() -> None:
    assert registry.usual("filler").id == FillOptions().filler
