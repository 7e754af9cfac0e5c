"""The batch from the command line."""

from __future__ import annotations

import json

from PIL import Image


def test_a_batch_exports_and_goes_on(program):
    Image.new("RGB", (8, 6), (200, 0, 0)).save("second.png")
    assert program("batch", "photo.png", "second.png", "-o", "out", "--export", "jpg", "--json") == 0
    told = json.loads(program.out)
    assert [d["output"].split("/")[-1] for d in told["done"]] == ["photo.jpg", "second.jpg"]
    assert program("batch", "photo.png", "second.png", "-o", "out", "--export", "jpg") == 0
    assert program.out == "0 photos done, 2 were there already, 0 failed.\n"


def test_errors_are_collected_at_the_end(program):
    (program.folder / "bad.png").write_bytes(b"no picture")
    assert program("batch", "photo.png", "bad.png", "-o", "out", "--export", "webp") == 1
    assert program.out == "1 photos done, 1 failed.\n"
    assert program.err.startswith("inpaint-studio: bad.png: “bad.png” is not a picture")
    assert (program.folder / "out" / "photo.webp").is_file()


def test_wrong_words_write_nothing(program):
    assert "1 to 100" in program.fails("batch", "photo.png", "-o", "out", "--export", "jpg", "--quality", "0")
    assert "can't be written" in program.fails("batch", "photo.png", "-o", "out", "--export", "tga")
    assert "no file" in program.fails("batch", "gone.png", "-o", "out", "--enhance")
    assert "no folder" in program.fails("batch", "photo.png", "-o", "out", "--mask-dir", "gone")
    assert "no filler" in program.fails("batch", "photo.png", "-o", "out", "--remove", "car", "--filler", "x")
