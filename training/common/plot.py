"""The course of a training run: log.csv, and log.png drawn from it."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

from inpaint_studio.basics import StudioError

MEASURES = {"val_miou": "mean IoU on val", "val_psnr": "PSNR on val, dB"}
"""The column of a run's score, and what it is."""
COLUMNS = ("epoch", "share", "loss", "val_miou", "learning_rate", "seconds")
"""Number of the epoch from 1, share of the schedule done, mean loss, score on val (one of `MEASURES`; nan if
not scored), learning rate at the end (of the decoder), wall time from the start of the run."""


def add_row(log: Path, row: dict[str, Any]) -> None:
    """Append a row to log.csv, which is begun if it is not there."""
    new = not log.exists()
    with log.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)


def read_log(log: Path) -> list[dict[str, float]]:
    """The rows of log.csv as numbers; StudioError if there are none or they can't be read."""
    try:
        with log.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            measure = next((name for name in reader.fieldnames or () if name in MEASURES), "val_miou")
            names = [measure if name in MEASURES else name for name in COLUMNS]
            return [{name: float(row[name]) for name in names} for row in reader]
    except (OSError, KeyError, ValueError, TypeError):
        raise StudioError(f"{log} can't be read as the log of a training run; move it away.") from None


def trim_log(log: Path, epoch: int) -> None:
    """Drop the rows after `epoch`, which are going to be written again."""
    if not log.exists():
        return
    rows = read_log(log)
    if all(row["epoch"] <= epoch for row in rows):
        return
    lines = log.read_text("utf-8").splitlines()
    kept = [line for line, row in zip(lines[1:], rows, strict=True) if row["epoch"] <= epoch]
    log.write_text("\n".join([lines[0], *kept]) + "\n", "utf-8")


def draw(log: Path, picture: Path) -> None:
    """Draw loss, mean IoU on val and learning rate over the epochs, as PNG; needs no display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = read_log(log)
    figure = Figure(figsize=(8, 7))
    FigureCanvasAgg(figure)
    panels = figure.subplots(3, 1, sharex=True)
    titles = {"loss": "loss"} | MEASURES | {"learning_rate": "learning rate"}
    shown = [(name, title) for name, title in titles.items() if name in rows[0]]
    for panel, (column, title) in zip(panels, shown, strict=True):
        known = [(row["epoch"], row[column]) for row in rows if not math.isnan(row[column])]
        panel.plot(*zip(*known, strict=True) if known else ([], []), marker=".", linewidth=1)
        panel.set_ylabel(title)
        panel.grid(alpha=0.3)
    panels[-1].set_xlabel("epoch")
    figure.subplots_adjust(left=0.12, right=0.97, bottom=0.08, top=0.97, hspace=0.08)
    part = picture.with_name(picture.name + ".part")
    figure.savefig(part, dpi=100, format="png")
    part.replace(picture)
