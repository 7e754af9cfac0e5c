"""Damage by chance, the same for the same number."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from benchmarks.fuzz.seeds import Seed, seeds

if TYPE_CHECKING:
    from random import Random

_NUMBERS = ("0", "-1", "1e999", "NaN", "2147483648", "-99999999999", "0.0000001", "1e12")
_VALUES = (*_NUMBERS, "null", '"x"', "[]", "{}")
_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TEXTS = (".json", ".xml")


def mutated(rng: Random) -> Seed:
    """One of the good files, damaged."""
    seed = rng.choice(seeds())
    if seed.members is not None:
        return Seed(seed.name, seed.suffix, members=_of_members(dict(seed.members), rng))
    if seed.suffix == ".ora" and rng.random() < 0.8:
        return Seed(seed.name, seed.suffix, _of_archive(seed.data, rng))
    return Seed(seed.name, seed.suffix, _of_bytes(seed.data, rng))


def _of_archive(data: bytes, rng: Random) -> bytes:
    """The archive made anew, whole, with damage inside its members."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _of_members(members, rng).items():
            archive.writestr(name, content)
    return file.getvalue()


def _of_members(members: dict[str, bytes], rng: Random) -> dict[str, bytes]:
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        texts = [name for name in members if name.endswith(_TEXTS)]
        name = rng.choice(texts if texts and rng.random() < 0.6 else list(members))
        match rng.randrange(12):
            case 0 if len(members) > 1:
                del members[name]
            case 1:
                other = rng.choice(list(members))
                members[name], members[other] = members[other], members[name]
            case 2:
                members[rng.choice(("../evil", "/evil", "a/../../evil", "C:evil", "data/\0x"))] = b"x"
            case _:
                text = name.endswith(_TEXTS) and rng.random() < 0.9
                members[name] = _of_text(members[name], rng) if text else _of_bytes(members[name], rng)
    return members


def _of_text(data: bytes, rng: Random) -> bytes:
    """JSON or XML with another number, name, or structure."""
    text = data.decode("utf-8", "replace")
    for _ in range(rng.choice((1, 1, 2, 5))):
        spots = list(re.finditer(r'-?\d+(?:\.\d+)?|"[^"]*"|true|false|null|svg:[a-z-]+', text))
        if not spots:
            break
        spot = rng.choice(spots)
        new = rng.choice(_VALUES)
        if spot.group().startswith('"') and rng.random() < 0.7:
            other = rng.choice(spots).group()
            new = other if other.startswith('"') else f'"{other}"'
        text = text[: spot.start()] + new + text[spot.end() :]
    if rng.random() < 0.1:
        text = text[: rng.randrange(len(text) + 1)]
    return text.encode("utf-8", "surrogatepass")


def _of_bytes(data: bytes, rng: Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        if not out:
            break
        # Headers hold the sizes and types: more often than their share of the bytes.
        at = rng.randrange(min(len(out), 256) if rng.random() < 0.4 else len(out))
        size = rng.choice((1, 2, 4, 8))
        match rng.randrange(7):
            case 0:
                out[at] ^= 1 << rng.randrange(8)
            case 1:
                out[at] = rng.randrange(256)
            case 2 | 3:
                order = rng.choice(("big", "little"))
                value = rng.choice(_EXTREMES) & ((1 << (8 * size)) - 1)
                out[at : at + size] = value.to_bytes(size, order)  # type: ignore[arg-type]
            case 4:
                del out[at : at + rng.choice((1, 4, 40, 400))]
            case 5:
                piece = out[at : at + rng.choice((1, 4, 40, 400))]
                where = rng.randrange(len(out))
                out[where:where] = piece
            case _:
                del out[at + rng.randrange(1, 64) :]
    return bytes(out)
