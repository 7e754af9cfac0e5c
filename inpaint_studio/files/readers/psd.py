"""PSD and PSB as one flat picture, where a photo is wanted."""

from __future__ import annotations

from inpaint_studio.files.readers.decoded import Decoded, Reader


def read_psd(data: bytes, name: str) -> Decoded:
    """The picture as a whole."""
    from inpaint_studio.files.psd.reading import flat_picture

    return flat_picture(data, name)


def is_psd(data: bytes) -> bool:
    """Whether a file begins as PSD and PSB files do."""
    return data.startswith(b"8BPS")


PSD = Reader("PSD", (".psd", ".psb"), is_psd, read_psd)
