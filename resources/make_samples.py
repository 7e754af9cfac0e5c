"""Renders the sample photos: `python resources/make_samples.py [NAME ...] [--draft]`. Needs numpy and OpenCV.

The same pictures come out each time. A draft is small, coarse and written to the current folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
from sample_scenes import tracer
from sample_scenes.beach import beach
from sample_scenes.meadow import meadow
from sample_scenes.table import table

SCENES = {"beach": beach, "meadow": meadow, "table": table}
LARGEST = 590_000


def save(name: str, draft: bool) -> None:
    """Render one scene to samples/NAME.jpg, at quality 90 or less if the file would be too large."""
    tracer.start_over(7)
    scene = SCENES[name]()
    picture = tracer.render(scene, 2 if draft else 12, 0.4 if draft else 1.0)
    data = b""
    for quality in range(90, 60, -2):
        data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= LARGEST:
            break
    path = Path(f"{name}-draft.jpg") if draft else Path(__file__).parent / "samples" / f"{name}.jpg"
    path.write_bytes(data)
    print(path, picture.shape, f"quality {quality}, {len(data)} bytes")


if __name__ == "__main__":
    names = [word for word in sys.argv[1:] if not word.startswith("-")]
    for each in names or SCENES:
        save(each, "--draft" in sys.argv)
