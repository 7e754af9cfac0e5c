"""What is compared: our fillers as the registry has them, and the peers. Nothing heavy is loaded here."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import StudioError

Array = NDArray[np.uint8]
Flags = NDArray[np.bool_]

DEFAULT = "auto"
"""Which of our fillers is held against the peers: what a user gets who chooses nothing."""
YARDSTICK = "pypatchmatch-3"
"""The peer that ratios are taken to."""
_RADIUS = 3
_BIHARMONIC_HOLE = 50_000
"""Most hole pixels of scikit-image's biharmonic filler, whose time and memory grow faster than the hole; the
photo is made smaller for larger ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A whole picture with the hole painted; `preview` is the seconds to the first preview, if any came."""

    pixels: Array
    preview: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program to compare with. `package` is what has to be installed for it."""

    id: str
    title: str
    package: str
    paint: Callable[[Array, Flags, int], Painted]


def _opencv(name: str) -> Callable[[Array, Flags, int], Painted]:
    def paint(image: Array, hole: Flags, seed: int) -> Painted:
        import cv2

        return Painted(np.asarray(cv2.inpaint(image, hole.astype(np.uint8), _RADIUS, getattr(cv2, name))))

    return paint


def _pypatchmatch(radius: int) -> Callable[[Array, Flags, int], Painted]:
    def paint(image: Array, hole: Flags, seed: int) -> Painted:
        import patchmatch

        patchmatch.set_random_seed(seed)
        return Painted(patchmatch.inpaint(image, hole.astype(np.uint8) * np.uint8(255), patch_size=radius))

    return paint


def _biharmonic(image: Array, hole: Flags, seed: int) -> Painted:
    import cv2
    from skimage.restoration import inpaint_biharmonic

    scale = min(1.0, float(np.sqrt(_BIHARMONIC_HOLE / hole.sum())))
    size = (max(2, round(image.shape[1] * scale)), max(2, round(image.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    unknown = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    smooth = np.clip(inpaint_biharmonic(small, unknown, channel_axis=-1) * 255 + 0.5, 0, 255).astype(np.uint8)
    if scale == 1.0:
        return Painted(smooth)
    large = cv2.resize(smooth, hole.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return Painted(np.where(hole[..., None], large, image), note=f"at {scale:.2f} of the size")


def _gmic(image: Array, hole: Flags, seed: int) -> Painted:
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        photo, mask, out = (str(Path(folder, name)) for name in ("photo.png", "mask.png", "out.png"))
        Image.fromarray(image).save(photo, compress_level=1)
        Image.fromarray(hole.astype(np.uint8) * np.uint8(255)).save(mask, compress_level=1)
        steps = ["-inpaint_matchpatch[0]", "[1]", "-keep[0]", "-round", "-output"]
        command = ["gmic", "-v", "-1", photo, mask, *steps, out]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not Path(out).exists():
            raise StudioError(f"G'MIC could not fill: {done.stderr.strip()[-200:]}")
        with Image.open(out) as picture:
            return Painted(np.asarray(picture.convert("RGB")), note="with reading and writing of files")


PEERS = (
    Peer("cv2-telea", "OpenCV Telea", "opencv-python-headless", _opencv("INPAINT_TELEA")),
    Peer("cv2-ns", "OpenCV Navier-Stokes", "opencv-python-headless", _opencv("INPAINT_NS")),
    Peer("biharmonic", "scikit-image biharmonic", "scikit-image", _biharmonic),
    Peer(YARDSTICK, "PyPatchMatch, patch 3", "PyPatchMatch", _pypatchmatch(3)),
    Peer("pypatchmatch-7", "PyPatchMatch, patch 7", "PyPatchMatch", _pypatchmatch(7)),
    Peer("gmic", "G'MIC inpaint_matchpatch", "gmic (a package of the system)", _gmic),
)


def peer(method: str) -> Peer | None:
    """The peer of that name, None if it is not one."""
    return next((p for p in PEERS if p.id == method), None)


def ours() -> list[str]:
    """Every filler that is installed."""
    from inpaint_studio.engines import registry

    return [engine.id for engine in registry.installed("filler")]


def title(method: str) -> str:
    found = peer(method)
    return found.title if found else f"ours: {method}"


def absent(method: str) -> str:
    """Why a peer cannot run on this machine; empty if it can."""
    found = peer(method)
    if found is None:
        return ""
    if method == "gmic":
        missing = shutil.which("gmic") is None
    else:
        module = {"scikit-image": "skimage", "PyPatchMatch": "patchmatch"}.get(found.package, "cv2")
        missing = util.find_spec(module) is None
    return f"not installed: {found.package}" if missing else ""


def version(method: str) -> str:
    """Changes when a method may give another result: the peer's version, or a checksum of our engines."""
    found = peer(method)
    if found is None:
        return _our_version(method)
    if method == "gmic":
        said = subprocess.run(["gmic", "version"], capture_output=True, text=True, check=False)
        words = (said.stdout + said.stderr).split("Version ")
        return words[1].split("\x1b")[0].split()[0] if len(words) > 1 else "unknown"
    return metadata.version(found.package)


def _our_version(method: str) -> str:
    from inpaint_studio import engines
    from inpaint_studio.engines import registry
    from inpaint_studio.engines.networks.places import folder_of

    root, network = Path(engines.__file__).parent, registry.info(method, "filler").network
    files = sorted([*(root / "fillers").glob("*.py"), *(root / "inpainting").glob("*.py")])
    if network is not None:
        files += [
            *sorted((root / "networks").glob("*.py")),
            *sorted(folder_of(network).glob(f"{network}*.json")),
        ]
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode() + (path.read_bytes() if path.exists() else b""))
    return total.hexdigest()[:12]


def paint(method: str, image: Array, hole: Flags, seed: int = 0) -> Painted:
    """Fills the hole. For ours the first final candidate. Raises StudioError if it could not be done."""
    found = peer(method)
    if found is not None:
        return found.paint(image, hole, seed)
    from inpaint_studio.basics import NO_PROGRESS
    from inpaint_studio.engines import registry
    from inpaint_studio.engines.contracts import FillTask
    from inpaint_studio.studio.fill import painted

    start, preview = time.perf_counter(), None
    task = FillTask(image, hole.astype(np.uint8) * np.uint8(255), colour_space="srgb")
    for fill in painted(registry.info(method, "filler"), task, {}, NO_PROGRESS, seed=seed):
        if fill.final:
            return Painted(fill.pixels, preview, fill.note)
        preview = preview or time.perf_counter() - start
    raise StudioError(f"The filler “{method}” gave no final fill.")
