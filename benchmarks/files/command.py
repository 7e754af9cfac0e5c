"""`python -m benchmarks.files`: opens each input, exports it, and has the result judged."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.files.cases import CASES
from benchmarks.files.judge import faults


def _run(folder: Path, number: int) -> tuple[str, list[str]]:
    from inpaint_studio.document import Document
    from inpaint_studio.files.export import export
    from inpaint_studio.files.photos import open_photo

    picture, suffix = CASES[number]
    given = folder / f"{number:02}.{picture.form.lower()}"
    made = folder / f"{number:02}-out{suffix}"
    given.write_bytes(picture.data())
    title = f"{picture.title()} → {suffix[1:]}"
    try:
        photo = open_photo(given)
        export(Document(photo).snapshot(), made, metadata=photo.metadata, values={"quality": 97.0})
        return title, faults(picture, given, made)
    except Exception as error:  # noqa: BLE001 - a case that fails is a row of the table
        return title, [f"{type(error).__name__}: {error}"]


def main() -> int:
    """Prints one row a case, and how many are right. 0 if all are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of cases")
    chosen = parser.parse_args().only or range(len(CASES))
    right = 0
    print("| # | in → out | |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for number in chosen:
            title, wrong = _run(Path(folder), number)
            right += not wrong
            print(f"| {number} | {title} | {'right' if not wrong else '; '.join(wrong)} |", flush=True)
    print(f"\n{right} of {len(chosen)} right")
    return 0 if right == len(chosen) else 1
