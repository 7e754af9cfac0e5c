"""Colours between profiles: against LittleCMS, and against the formulas the profiles are made of."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
import pytest
from icc import P3, SRGB, rgb_profile
from PIL import Image, ImageCms

from inpaint_studio.render.colour import between_profiles
from inpaint_studio.render.matrix_profiles import matrix_profile

COLOURS = np.random.default_rng(1).integers(0, 256, (60, 90, 3)).astype(np.uint8)
DEEP = np.random.default_rng(2).integers(0, 65536, (60, 90, 3)).astype(np.uint16)
BUILT_IN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exactly(pixels: np.ndarray, source: bytes, target: bytes) -> np.ndarray:
    """By LittleCMS in floating point, 0..1."""
    return np.clip(imagecodecs.cms_transform(
        (pixels / np.iinfo(pixels.dtype).max).astype(np.float32), source, target, colorspace="rgb",
        outcolorspace="rgb", outdtype="float32", intent=1, flags=0x2000), 0, 1)  # fmt: skip


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2])
@pytest.mark.parametrize("pixels", [COLOURS, DEEP], ids=["8", "16"])
def test_into_srgb_and_out_of_it(gamma: float, pixels: np.ndarray) -> None:
    icc, most = rgb_profile(P3, gamma), np.iinfo(pixels.dtype).max
    for source, target in ((icc, None), (None, icc), (icc, rgb_profile(SRGB))):
        made = between_profiles(pixels, source, target)
        wanted = exactly(pixels, source or BUILT_IN, target or BUILT_IN)
        assert made.dtype == pixels.dtype
        # Eight bits are LittleCMS's own, which is less exact in them.
        assert np.abs(made / most - wanted).max() <= (1 if pixels is DEEP else 3) / 255
        if pixels is DEEP:
            # The table of light ends where a curve is steepest: in the darkest numbers.
            assert np.percentile(np.abs(made / most - wanted), 99) * 65535 <= 12


def test_formulas() -> None:
    """Display P3 with a gamma into the curve of IEC 61966-2-1."""
    light = (DEEP / 65535) ** (round(2.2 * 256) / 256) @ np.array(P3) @ np.linalg.inv(np.array(SRGB))
    light = np.clip(light, 0, 1)
    wanted = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    made = between_profiles(DEEP, rgb_profile(P3), None)
    assert np.abs(made / 65535 - wanted).max() <= 1 / 255


def test_alpha_stays_and_the_same_profile_changes_nothing() -> None:
    pixels = np.dstack([DEEP, DEEP[..., 0]])
    made = between_profiles(pixels, rgb_profile(P3), None)
    assert np.array_equal(made[..., 3], pixels[..., 3])
    assert between_profiles(pixels, rgb_profile(P3), rgb_profile(P3)) is pixels
    assert between_profiles(pixels, BUILT_IN, None) is pixels


def test_there_and_back_changes_next_to_nothing() -> None:
    icc = rgb_profile(P3)
    back = between_profiles(between_profiles(DEEP, None, icc), icc, None)
    assert np.percentile(np.abs(back.astype(int) - DEEP), 99) <= 8


@pytest.mark.parametrize("cut", [0, 40, 130, 200, 300, 440])
def test_a_damaged_profile_is_none(cut: int) -> None:
    assert matrix_profile(rgb_profile(P3)[:cut]) is None


def test_eight_bits_are_those_of_pillow() -> None:
    icc = rgb_profile(P3)
    wanted = ImageCms.profileToProfile(
        Image.fromarray(COLOURS), ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"),
        renderingIntent=1, flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)  # fmt: skip
    assert np.array_equal(between_profiles(COLOURS, icc, None), np.asarray(wanted))
