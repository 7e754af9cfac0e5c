"""The log of a run and its picture."""

import csv

import pytest
from PIL import Image

from inpaint_studio.basics import StudioError
from training.common.plot import COLUMNS, add_row, draw, read_log, trim_log


def rows(log, count):
    for epoch in range(1, count + 1):
        values = (epoch, epoch / count, 1 / epoch, 0.1 * epoch if epoch % 2 else "nan", 1e-3, 60 * epoch)
        add_row(log, dict(zip(COLUMNS, values, strict=True)))


def test_rows_are_added_and_cut_off_again(tmp_path):
    log = tmp_path / "log.csv"
    trim_log(log, 3)
    assert not log.exists()
    rows(log, 5)
    whole = log.read_text()
    trim_log(log, 5)
    assert log.read_text() == whole
    trim_log(log, 3)
    assert whole.startswith(log.read_text())
    assert [row["epoch"] for row in read_log(log)] == [1, 2, 3]
    with log.open() as file:
        assert csv.DictReader(file).fieldnames == list(COLUMNS)


def test_the_picture_shows_the_course(tmp_path):
    rows(tmp_path / "log.csv", 2)
    draw(tmp_path / "log.csv", tmp_path / "two.png")
    rows(tmp_path / "log.csv", 6)
    draw(tmp_path / "log.csv", tmp_path / "more.png")
    with Image.open(tmp_path / "two.png") as two, Image.open(tmp_path / "more.png") as more:
        assert two.size == more.size == (800, 700)
        assert two.tobytes() != more.tobytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log.csv", "more.png", "two.png"]


def test_a_log_of_something_else(tmp_path):
    (tmp_path / "log.csv").write_text("a,b\n1,2\n")
    with pytest.raises(StudioError, match=r"log\.csv can't be read"):
        read_log(tmp_path / "log.csv")


def test_a_run_with_another_measure(tmp_path):
    log = tmp_path / "log.csv"
    for epoch in (1, 2):
        row = {
            "epoch": epoch,
            "share": epoch / 2,
            "loss": 1.0,
            "val_psnr": 20.0 + epoch,
            "learning_rate": 1e-3,
        }
        add_row(log, row | {"seconds": 60 * epoch})
    trim_log(log, 1)
    assert [row["val_psnr"] for row in read_log(log)] == [21.0]
    draw(log, tmp_path / "log.png")
    assert (tmp_path / "log.png").is_file()
