"""Which device runs a network: what the user chose, else what was the fastest here when it was measured."""

from __future__ import annotations

import json
import logging
import os
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.engines.networks import runtime
from inpaint_studio.engines.networks.places import cache_folder, own_folder

if TYPE_CHECKING:
    from pathlib import Path

    from inpaint_studio.engines.networks.card import Graph

log = logging.getLogger(__name__)

AUTO = "auto"
VARIABLE = "INPAINT_STUDIO_DEVICE"
"""Of the environment; it goes before what was chosen in the program."""
_RUNS = 3
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64,
          "tensor(int32)": np.int32, "tensor(uint8)": np.uint8, "tensor(bool)": np.bool_}  # fmt: skip


def choose(device: str) -> None:
    """Keeps the user's choice: "auto" or one of `runtime.devices()`. StudioError for any other."""
    if device not in (AUTO, *runtime.devices()):
        there = ", ".join((AUTO, *runtime.devices()))
        raise StudioError(message("device.unknown", device=device, there=there))
    _write(_choice_path(), {"device": device})


def chosen() -> str:
    """What the user chose: "auto" or a device, which need not be there any more."""
    return os.environ.get(VARIABLE) or str(_read(_choice_path()).get("device", AUTO))


def device_for(graph: Graph, data: bytes) -> str:
    """The device to run a graph on, whose file holds `data`.

    With “auto” and several devices each is tried once, and the fastest is remembered for this graph.
    """
    there = runtime.devices()
    wanted = chosen()
    if wanted in there:
        return wanted
    if wanted != AUTO:
        log.warning("The device “%s” is not there; the CPU goes on", wanted)
        return "cpu"
    if len(there) == 1:
        return there[0]
    return _fastest(graph, data, there)


def _fastest(graph: Graph, data: bytes, there: tuple[str, ...]) -> str:
    key = f"{graph.sha256} {runtime.library().__version__} {' '.join(there)}"
    known = _read(_measured_path())
    if known.get(key) in there:
        return str(known[key])
    seconds = {device: taken for device in there if (taken := _measured(graph, data, device)) is not None}
    best = min(seconds, key=lambda device: seconds[device], default="cpu")
    log.info("%s: %s, so %s", graph.file, seconds, best)
    _write(_measured_path(), known | {key: best})
    return best


def _measured(graph: Graph, data: bytes, device: str) -> float | None:
    """Seconds of a run on a device, the shortest of some; None where it can't run there."""
    try:
        opened = runtime.open_graph(data, device)
        inputs = probe_inputs(opened, graph)
        taken = []
        for _ in range(_RUNS):
            start = time.perf_counter()
            opened.run(None, inputs)
            taken.append(time.perf_counter() - start)
    except Exception:
        log.warning("%s does not run on %s", graph.file, device, exc_info=True)
        return None
    return min(taken)


def probe_inputs(opened: Any, graph: Graph) -> dict[str, Any]:
    """Zeros of a size of everyday use for each input of an opened graph."""
    return {
        port.name: np.zeros(
            [side if isinstance(side, int) else graph.probe.get(side, 1) for side in port.shape],
            _TYPES.get(port.type, np.float32),
        )
        for port in opened.get_inputs()
    }


def _choice_path() -> Path:
    return own_folder().parent / "device.json"


def _measured_path() -> Path:
    return cache_folder() / "devices.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _write(path: Path, values: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(values, indent=2) + "\n", "utf-8")
        part.replace(path)
    except OSError:
        log.warning("%s can't be written", path, exc_info=True)
