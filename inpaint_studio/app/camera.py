"""Pictures from a camera of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from inpaint_studio.basics import StudioError, message

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.mask import Array
    from inpaint_studio.jobs import Job, Worker

_MOST = 4
"""Cameras that are looked for."""


class Device(Protocol):
    """What is asked of an OpenCV capture."""

    def isOpened(self) -> bool: ...

    def read(self) -> tuple[bool, Any]: ...

    def release(self) -> None: ...


def open_device(number: int) -> Device:
    """A camera by its number, from 0; it may turn out not to be there. Takes up to seconds."""
    import cv2

    return cv2.VideoCapture(number)


class Cameras:
    """Looks for cameras and reads one, in the lane of what the user waits for; nothing here blocks."""

    def __init__(self, worker: Worker, opener: Callable[[int], Device] = open_device) -> None:
        self._worker, self._opener = worker, opener
        self._device: Device | None = None

    def find(self) -> Job[list[int]]:
        """A job whose result are the numbers of the cameras that are there; it fails if there is none."""

        def work(_context: object) -> list[int]:
            found = []
            for number in range(_MOST):
                device = self._opener(number)
                if device.isOpened():
                    found.append(number)
                device.release()
            if not found:
                raise StudioError(message("camera.none"))
            return found

        return self._submit(work)

    def open(self, number: int) -> Job[None]:
        """A job that takes another camera; it fails if that gives no picture."""

        def work(_context: object) -> None:
            self._release()
            device = self._opener(number)
            if not device.isOpened():
                device.release()
                raise StudioError(message("camera.silent", number=number + 1))
            self._device = device

        return self._submit(work)

    def frame(self) -> Job[Array]:
        """A job whose result is the next picture: H×W×3 uint8 RGB. It fails if the camera gives none."""

        def work(_context: object) -> Array:
            there, pixels = self._device.read() if self._device is not None else (False, None)
            if not there:
                raise StudioError(message("camera.lost"))
            return np.ascontiguousarray(np.asarray(pixels, np.uint8)[..., ::-1])

        return self._submit(work)

    def close(self) -> Job[None]:
        """A job that lets the camera go."""
        return self._submit(lambda _context: self._release())

    def _release(self) -> None:
        if self._device is not None:
            self._device.release()
            self._device = None

    def _submit(self, work: Any) -> Job[Any]:
        return self._worker.submit(message("job.camera"), work, lane="interactive", quiet=True)
