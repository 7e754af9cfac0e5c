"""The command line from words to files and exit codes, with the real engines on a small picture."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pictures import BOX, StubFinder, scene, square
from PIL import Image
from program import Program
from psd_tools import PSDImage

from inpaint_studio import log
from inpaint_studio.__main__ import open_editor
from inpaint_studio.basics import StudioError
from inpaint_studio.cli.terminal import TerminalProgress
from inpaint_studio.engines import registry

X, Y, W, H = BOX
AROUND = f"{X - 8},{Y - 8},{W + 16},{H + 16}"


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> None:
    made, load = StubFinder(), registry.load
    monkeypatch.setattr(registry, "load", lambda name, kind: made if kind == "finder" else load(name, kind))


def test_no_words_and_files_open_the_editor(program: Program) -> None:
    assert program() == 0
    assert program("photo.png", "mask.png") == 0
    assert program.opened == [[], [program.folder / "photo.png", program.folder / "mask.png"]]


def test_missing_file_and_mistyped_command(program: Program) -> None:
    assert "There is no file" in program.fails("photo.png", "gone.jpg")
    assert program("objcts") == 2
    assert "no command or file" in program.err
    assert program.opened == []


@pytest.mark.parametrize(
    "words",
    [
        ["remove", "photo.png", "-o", "a.png"],
        ["remove", "photo.png", "--at", "1,1", "--label", "car", "-o", "a.png"],
        ["remove", "photo.png", "--at", "1", "-o", "a.png"],
        ["remove", "photo.png", "--at", "a,b", "-o", "a.png"],
        ["remove", "photo.png", "--at", "nan,1", "-o", "a.png"],
        ["remove", "photo.png", "--box", "1,1,0,5", "-o", "a.png"],
        ["remove", "photo.png", "--box", "1,1,2.5,5", "-o", "a.png"],
        ["remove", "photo.png", "--at", "1,1"],
        ["fill", "photo.png", "-o", "a.png"],
        ["fill", "photo.png", "mask.png", "-o", "a.jpg", "--quality", "0"],
        ["fill", "photo.png", "mask.png", "-o", "a.png", "--seed", "x"],
        ["fill", "photo.png", "mask.png", "-o", "a.png", "--adaptation", "1.5"],
        ["select", "photo.png", "--at", "1,1"],
        ["models"],
        ["models", "paint"],
        ["objects"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two(program: Program, words: list[str]) -> None:
    assert program(*words) == 2
    assert "usage:" in program.err
    assert program.new_files() == set()


def test_help_and_version(program: Program) -> None:
    assert program("--help") == 0
    assert "remove" in program.out
    assert program("--version") == 0
    assert program.out.startswith("Inpaint Studio ")
    assert program("remove", "--help") == 0
    assert "--hole-out" in program.out


def test_self_test_gets_its_options(program: Program) -> None:
    assert program("selftest") == 40
    assert program("selftest", "--window", "--json") == 43


def test_fill_paints_where_the_mask_is_white(program: Program) -> None:
    assert program("fill", "photo.png", "mask.png", "-o", "out.png", "--json") == 0
    out, outside = program.picture("out.png"), square() == 0
    assert np.array_equal(out[outside], scene()[outside])
    assert not np.array_equal(out, scene())
    result = json.loads(program.out)
    assert result["painted"] == W * H
    assert result["box"] == list(BOX)
    assert program.err == ""
    assert program.new_files() == {"out.png"}


@pytest.mark.parametrize(
    "prompt",
    [["--box", AROUND], ["--at", f"{X + W // 2},{Y + H // 2}"], ["--label", "CAR"], ["--area", AROUND]],
    ids=lambda p: p[0],
)
def test_remove_in_four_ways(program: Program, finder: None, prompt: list[str]) -> None:
    assert program("remove", "photo.png", *prompt, "-o", "out.png", "--hole-out", "hole.png") == 0
    out, hole = program.picture("out.png"), program.picture("hole.png")
    assert set(np.unique(hole)) == {0, 255}
    assert np.array_equal(out[hole == 0], scene()[hole == 0])
    assert (hole[square() > 0] > 0).mean() > 0.9
    gone = np.abs(out[square() > 0].astype(int) - (220, 40, 30)).sum(axis=1) > 60
    assert gone.mean() > 0.9
    assert program.new_files() == {"out.png", "hole.png"}


def test_seed_filler_and_adaptation_reach_the_engine(program: Program) -> None:
    for name, options in (
        ("a", []),
        ("b", ["--seed", "0"]),
        ("c", ["--seed", "5"]),
        ("d", ["--filler", "telea"]),
        ("e", ["--adaptation", "0"]),
    ):
        assert program("fill", "photo.png", "mask.png", "-o", f"{name}.png", *options) == 0
    a, b, *others = (program.picture(f"{n}.png") for n in "abcde")
    assert np.array_equal(a, b)
    assert not any(np.array_equal(a, other) for other in others)


def test_like(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    area = np.zeros((90, 120), np.uint8)
    area[:, :40] = 255

    def like(pixels: np.ndarray, hole: np.ndarray, like: object) -> np.ndarray:
        asked.append(like)
        return area

    monkeypatch.setattr("inpaint_studio.cli.commands.area_like", like)
    pixels = scene()
    pixels[:, 40:] = (0, 250, 0)
    Image.fromarray(pixels).save("green.png")
    for words in ("sky", "20,30.5"):
        assert program("fill", "green.png", "mask.png", "-o", "out.png", "--like", words) == 0
        filled = program.picture("out.png")[square() > 0].astype(int)
        assert (filled[:, 1] - filled[:, 0] > 200).mean() < 0.5, "rather than the green around"
    assert asked == ["sky", (20.0, 30.5)]


def test_keep_out(program: Program) -> None:
    pixels, keep = scene(), np.zeros((90, 120), np.uint8)
    pixels[:, 88:], keep[:, 86:] = (0, 250, 0), 255
    Image.fromarray(pixels).save("green.png")
    Image.fromarray(keep).save("keep.png")
    assert program("fill", "green.png", "mask.png", "-o", "out.png", "--keep-out", "keep.png") == 0
    filled = program.picture("out.png")[square() > 0].astype(int)
    assert not (filled[:, 1] - filled[:, 0] > 100).any()
    Image.fromarray(keep[:-1]).save("small.png")
    words = program.fails("fill", "green.png", "mask.png", "-o", "b.png", "--keep-out", "small.png")
    assert "size" in words


def test_transparent_parts_of_a_mask_are_black(program: Program) -> None:
    rgba = np.full((90, 120, 4), 255, np.uint8)
    rgba[..., 3] = square()
    Image.fromarray(rgba).save("clear.png")
    assert program("fill", "photo.png", "clear.png", "-o", "out.png", "--json") == 0
    assert json.loads(program.out)["painted"] == W * H


def test_jpeg_is_written_with_the_quality_asked_for(program: Program) -> None:
    for quality in ("30", "95"):
        words = (
            "fill",
            "photo.png",
            "mask.png",
            "-o",
            f"{quality}.jpg",
            "--quality",
            quality,
            "--filler",
            "telea",
        )
        assert program(*words) == 0
    assert Path("30.jpg").stat().st_size < Path("95.jpg").stat().st_size


def test_select_writes_a_mask(program: Program) -> None:
    words = [
        "select",
        "photo.png",
        "--box",
        AROUND,
        "--at",
        f"{X + 5},{Y + 5}",
        "--not",
        "2,2",
        "-o",
        "m.png",
    ]
    assert program(*words, "--json") == 0
    mask, truth = program.picture("m.png") > 127, square() > 0
    assert mask.shape == truth.shape
    assert (mask & truth).sum() / (mask | truth).sum() > 0.9
    assert json.loads(program.out)["area"] > 0


def test_objects_lists_and_writes(program: Program, finder: None) -> None:
    assert program("objects", "photo.png") == 0
    assert "car" in program.out
    assert program.new_files() == set()
    assert program("objects", "photo.png", "-o", "found", "--json") == 0
    rows = json.loads(program.out)["objects"]
    assert [(r["label"], r["kind"]) for r in rows] == [
        ("car", "thing"),
        ("person", "thing"),
        ("road", "area"),
    ]
    assert rows[0]["box"] == list(BOX)
    assert np.array_equal(program.picture(rows[0]["mask"]), square())
    cutout = program.picture(rows[0]["cutout"])
    assert cutout.shape[2] == 4
    assert abs(cutout.shape[0] - H) <= 16
    assert "cutout" not in rows[2]
    assert program.new_files() == {"found"} | {
        f"found/{n}.png" for n in ("01-car", "01-car-mask", "02-person", "02-person-mask", "03-road-mask")
    }


def test_layers_writes_openraster(program: Program, finder: None) -> None:
    assert program("layers", "photo.png", "-o", "out.ora") == 0
    assert "Car, Person" in program.out
    assert program("layers", "photo.png", "-o", "two.ora", "--json") == 0
    assert [x["name"] for x in json.loads(program.out)["layers"]] == ["Backdrop", "Car", "Person"]
    assert program("out.ora") == 0
    assert program.new_files() == {"out.ora", "two.ora"}


def test_layers_writes_psd(program: Program, finder: None) -> None:
    assert program("layers", "photo.png", "-o", "out.psd") == 0
    assert [layer.name for layer in PSDImage.open("out.psd")] == ["Backdrop", "Car", "Person"]
    assert program("batch", "photo.png", "-o", ".", "--layers", "--format", "psd") == 0
    assert len(list(PSDImage.open("photo.psd"))) > 1
    assert "psd" in program.fails("batch", "photo.png", "-o", "d", "--layers", "--format", "png")


def test_what_a_damaged_photo_lacks_is_said(program: Program) -> None:
    whole = io.BytesIO()
    Image.fromarray(scene()).save(whole, "JPEG")
    Path("cut.jpg").write_bytes(whole.getvalue()[:-2])
    assert program("select", "cut.jpg", "--at", "5,5", "-o", "out.png") == 0
    assert (
        program.err == "inpaint-studio: “cut.jpg” is damaged: its end mark is missing. The rest is shown.\n"
    )


BAD = {
    "empty.png": b"",
    "text.png": b"this is not a picture\n",
    "cut.jpg": None,
    "gone.png": None,
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["remove", "fill", "objects", "select", "layers"])
def test_bad_photos(program: Program, name: str, command: str) -> None:
    if name == "cut.jpg":
        whole = io.BytesIO()
        Image.fromarray(scene()).save(whole, "JPEG")
        Path(name).write_bytes(whole.getvalue()[:300])
    elif BAD[name] is not None:
        Path(name).write_bytes(BAD[name])
    rest = {
        "remove": ["--at", "1,1", "-o", "out.png"],
        "fill": ["mask.png", "-o", "out.png"],
        "objects": [],
        "select": ["--at", "1,1", "-o", "out.png"],
        "layers": ["-o", "out.ora"],
    }
    assert name in program.fails(command, name, *rest[command])


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.full((90, 121), 255, np.uint8), "121×90"),
        (np.zeros((90, 120), np.uint8), "empty"),
        (np.full((90, 120), 255, np.uint8), "whole photo"),
    ],
)
def test_bad_masks(program: Program, pixels: np.ndarray, words: str) -> None:
    Image.fromarray(pixels).save("bad.png")
    assert words in program.fails("fill", "photo.png", "bad.png", "-o", "out.png")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("out.xyz", ".png"),
        ("out", ".png"),
        ("none/out.png", "no folder"),
        ("photo.png/out.png", "no folder"),
        ("here.png", "is a folder"),
    ],
)
def test_bad_outputs_are_known_before_the_work(
    program: Program, monkeypatch: pytest.MonkeyPatch, output: str, words: str
) -> None:
    Path("here.png").mkdir()
    monkeypatch.setattr("inpaint_studio.cli.commands.open_photo", lambda path: pytest.fail("work began"))
    assert words in program.fails("fill", "photo.png", "mask.png", "-o", output)
    assert words in program.fails("remove", "photo.png", "--at", "1,1", "-o", output)
    if output != "out.xyz":
        hole = ["--hole-out", output]
        assert words in program.fails("remove", "photo.png", "--at", "1,1", "-o", "ok.png", *hole)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder(program: Program) -> None:
    Path("locked").mkdir(mode=0o500)
    assert "Nothing can be written" in program.fails("fill", "photo.png", "mask.png", "-o", "locked/out.png")


def test_other_things_that_cannot_be_done(program: Program, finder: None) -> None:
    to = ["-o", "out.png"]
    assert "outside the photo" in program.fails("remove", "photo.png", "--at", "500,3", *to)
    assert "no pixel" in program.fails("remove", "photo.png", "--box", "500,3,9,9", *to)
    assert "no pixel" in program.fails("remove", "photo.png", "--area", "500,3,9,9", *to)
    assert "whole photo" in program.fails("remove", "photo.png", "--area", "0,0,120,90", *to)
    assert "found: car, person, road" in program.fails("remove", "photo.png", "--label", "tree", *to)
    assert "no filler" in program.fails("remove", "photo.png", "--at", "50,40", "--filler", "magic", *to)
    assert "same file" in program.fails("remove", "photo.png", "--at", "50,40", "--hole-out", "out.png", *to)
    assert "Nothing says where" in program.fails("select", "photo.png", *to)
    assert ".ora" in program.fails("layers", "photo.png", *to)


def test_a_fault_is_one_line_and_in_the_log(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("inpaint_studio.cli.commands.fill_pixels", broken)
    words = program.fails("fill", "photo.png", "mask.png", "-o", "out.png")
    assert "two lines" in words
    assert str(log.log_path()) in words


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()])
def test_stopped_and_out_of_memory(
    program: Program, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def ends(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr("inpaint_studio.cli.commands.fill_pixels", ends)
    program.fails("fill", "photo.png", "mask.png", "-o", "out.png")


def test_progress_is_shown_on_a_terminal_only() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        progress = TerminalProgress(stream)
        progress.report(0.5, "Filling")
        progress.clear()
        assert ("50 %  Filling" in stream.getvalue()) == shown
        assert stream.getvalue().endswith("\x1b[K") == shown


def test_editor_without_display_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(StudioError, match="needs a display"):
        open_editor([])


def test_editor_without_qts_libraries_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    with pytest.raises(StudioError, match="Qt is not complete"):
        open_editor([])


def test_program_without_display_and_qt(program: Program) -> None:
    """In a process of its own: exit codes arrive, and commands need neither a display nor Qt."""
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    environment["PYTHONPATH"] = str(Path(log.__file__).parent.parent)
    code = (
        "import sys; sys.modules['PySide6'] = None\n"
        "from inpaint_studio.__main__ import main; sys.exit(main())"
    )

    def start(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    done = start("fill", "photo.png", "mask.png", "-o", "out.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert start("fill", "photo.png", "mask.png", "-o", "out.xyz").returncode == 1
    assert start("fill").returncode == 2
    if sys.platform.startswith("linux"):
        done = start()
        assert done.returncode == 1
        assert "needs a display" in done.stderr
        assert done.stderr.count("\n") == 1
