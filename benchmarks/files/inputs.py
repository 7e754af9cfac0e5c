"""Picture files made by Pillow and tifffile from known numbers: the inputs of the cases."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 48, 32
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    b"</x:xmpmeta>"
)
ARTIST = "Jörg Müller"
DPI = 300

P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""XYZ of the primaries of Display P3, adapted to D50."""
_WHITE = (0.96420, 1.0, 0.82491)


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def profile(space: bytes, gamma: float) -> bytes:
    """A display profile (version 2) of one gamma: `space` is b"RGB " with the primaries of P3, or b"GRAY"."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"case\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(*_WHITE),
    }
    if space == b"GRAY":
        tags[b"kTRC"] = curve
    else:
        for name, xyz in zip((b"r", b"g", b"b"), P3, strict=True):
            tags[name + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*xyz)
            tags[name + b"TRC"] = curve
    at, table, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"lcms", 0x02100000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + _fixed(*_WHITE)
    return head.ljust(128, b"\0") + table + body


@dataclass(frozen=True)
class Picture:
    """What an input holds: `mode` is L, LA, RGB, RGBA, CMYK, P or 1, `depth` 8 or 16."""

    form: str
    mode: str = "RGB"
    depth: int = 8
    icc: bytes | None = None
    orientation: int = 1
    exif: bool = False
    xmp: bool = False
    dpi: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def lossless(self) -> bool:
        return self.form in ("PNG", "TIFF", "GIF", "BMP")

    @property
    def alpha(self) -> bool:
        return self.mode in ("LA", "RGBA")

    def title(self) -> str:
        """In a few words."""
        more = [f"{self.depth} bit"] if self.depth == 16 else []
        more += ["profile"] if self.icc else []
        more += [f"orientation {self.orientation}"] if self.orientation != 1 else []
        more += [name for name in ("exif", "xmp", "dpi") if getattr(self, name)]
        more += [f"{key} {value}" for key, value in self.options.items()]
        return " ".join([self.form, self.mode, *more])

    def data(self) -> bytes:
        """The file."""
        if self.form == "TIFF" and self.depth == 16:
            return self._tiff()
        if self.depth == 16:
            return self._png()
        return self._by_pillow()

    def _samples(self) -> NDArray[Any]:
        channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}[self.mode]
        columns, rows = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
        planes = [columns, rows, 1 - columns * rows, np.clip(columns * 1.5, 0, 1)][:channels]
        if self.mode == "LA":
            planes[1] = np.clip(columns * 1.5, 0, 1)
        most = (1 << self.depth) - 1
        return np.rint(np.stack(planes, -1) * most).astype(np.uint16 if self.depth == 16 else np.uint8)

    def _exif(self) -> bytes:
        made = Image.Exif()
        if self.orientation != 1:
            made[0x0112] = self.orientation
        if self.exif:
            made[0x013B], made[0x010F] = ARTIST.encode(), "Case"
            made.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0a note"
        return made.tobytes() if len(made) else b""

    def _by_pillow(self) -> bytes:
        samples = Picture("PNG", "RGB")._samples() if self.mode in ("P", "1") else self._samples()
        picture = Image.fromarray(samples[..., 0] if samples.shape[-1] == 1 else samples, {
            "P": "RGB", "1": "RGB"}.get(self.mode, self.mode))  # fmt: skip
        picture = picture.convert(self.mode) if self.mode in ("P", "1") else picture
        known: dict[str, Any] = dict(self.options)
        known |= {"icc_profile": self.icc} if self.icc else {}
        known |= {"exif": self._exif()} if self._exif() else {}
        known |= {"xmp": XMP} if self.xmp and self.form != "PNG" else {}
        known |= {"dpi": (DPI, DPI)} if self.dpi else {}
        if self.form in ("JPEG", "WEBP", "AVIF"):
            known = {"quality": 97} | known
        if self.form == "PNG" and self.xmp:
            from PIL.PngImagePlugin import PngInfo

            info = PngInfo()
            info.add_itxt("XML:com.adobe.xmp", XMP.decode())
            known["pnginfo"] = info
        buffer = io.BytesIO()
        picture.save(buffer, self.form, **known)
        return buffer.getvalue()

    def _tiff(self) -> bytes:
        samples, buffer = self._samples(), io.BytesIO()
        planar = self.options.get("planar")
        pixels = np.moveaxis(samples, -1, 0) if planar else samples
        extra = {"extrasamples": ["unassalpha"]} if self.alpha else {}
        tifffile.imwrite(
            buffer, pixels if samples.shape[-1] > 1 else samples[..., 0],
            photometric="rgb" if self.mode.startswith("RGB") else "minisblack",
            planarconfig="separate" if planar else "contig" if samples.shape[-1] > 1 else None,
            compression=self.options.get("compression"), iccprofile=self.icc, metadata=None, **extra,
            **({"resolution": (DPI, DPI), "resolutionunit": "INCH"} if self.dpi else {}),
            **({"extratags": [(700, 1, len(XMP), XMP, True)]} if self.xmp else {}),
        )  # fmt: skip
        return buffer.getvalue()

    def _png(self) -> bytes:
        """PNG of 16 bits, its rows unfiltered (PNG specification, third edition)."""
        samples = self._samples()
        colour = {1: 0, 2: 4, 3: 2, 4: 6}[samples.shape[-1]]

        def chunk(kind: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
        parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, colour, 0, 0, 0))]
        parts += [chunk(b"iCCP", b"case\0\0" + zlib.compress(self.icc))] if self.icc else []
        parts += [chunk(b"pHYs", struct.pack(">IIB", *[round(DPI / 0.0254)] * 2, 1))] if self.dpi else []
        parts += [chunk(b"eXIf", self._exif().removeprefix(b"Exif\0\0"))] if self._exif() else []
        parts += [chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)] if self.xmp else []
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            [*parts, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
        )
