"""ONNX Runtime as the program uses it: quiet, without telemetry, and leaving the window its core."""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

PROVIDERS: Mapping[str, str] = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Devices by the name that users choose, and what ONNX Runtime calls what serves them."""
_FATAL = 4
_kept_free = 0


def keep_free(cores: int) -> None:
    """Leaves so many cores to others, such as the window; counts for sessions that are made afterwards."""
    global _kept_free
    _kept_free = max(0, cores)


def thread_count() -> int:
    """Threads of a session: the cores that this process may use, less those that are to stay free."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return max(1, cores - _kept_free)


@cache
def library() -> Any:
    """The module onnxruntime, loaded at the first call."""
    import onnxruntime

    # What it has to say comes as exceptions, which are logged; on stderr nobody would read it.
    onnxruntime.set_default_logger_severity(_FATAL)
    onnxruntime.disable_telemetry_events()
    log.info("ONNX Runtime %s: %s", onnxruntime.__version__, ", ".join(onnxruntime.get_available_providers()))
    return onnxruntime


def devices() -> tuple[str, ...]:
    """The devices that can be used here; the last is always "cpu"."""
    there = library().get_available_providers()
    return tuple(name for name, provider in PROVIDERS.items() if name == "cpu" or provider in there)


def open_graph(data: bytes, device: str) -> Any:
    """An `InferenceSession` of a graph on a device, what that can't do on the CPU.

    Raises whatever ONNX Runtime raises.
    """
    ort = library()
    options = ort.SessionOptions()
    options.log_severity_level = _FATAL
    options.intra_op_num_threads = thread_count()
    options.inter_op_num_threads = 1
    # Waiting threads sleep: they would take the cores from the window and from each other.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Memory of a run is given back after it; kept, it would be that of the largest photo so far.
    options.enable_cpu_mem_arena = False
    if device == "directml":
        options.enable_mem_pattern = False
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    providers = [PROVIDERS[device]] if device == "cpu" else [PROVIDERS[device], PROVIDERS["cpu"]]
    return ort.InferenceSession(data, options, providers=providers)
