"""Soft edges: against a known composite, and what must stay exactly as it was."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Cancelled, Mask, StudioError
from inpaint_studio.engines.matting.matte import EdgeMatte
from inpaint_studio.engines.matting.trimap import auto_band


def _texture(rng, colour, amount, size, shape):
    noise = cv2.GaussianBlur(rng.standard_normal((*shape, 3)).astype(np.float32), (0, 0), size)
    return np.clip(np.array(colour, np.float32) + amount * noise / noise.std(), 0, 1)


def _composite(n=240):
    """A disc whose edge is sharp on one side, soft on the other, with fine hairs below."""
    rng = np.random.default_rng(3)
    fore = _texture(rng, (0.75, 0.35, 0.2), 0.05, 4, (n, n))
    back = _texture(rng, (0.2, 0.45, 0.7), 0.05, 6, (n, n))
    alpha = np.zeros((n, n), np.float32)
    centre, radius = n // 2, n // 4
    cv2.circle(alpha, (centre, centre), radius, 1, -1, cv2.LINE_AA)
    for turn in np.linspace(0.3, np.pi - 0.3, 30):
        way = np.array([np.cos(turn), np.sin(turn)])
        ends = [tuple(int(v * 16) for v in centre + way * r) for r in (radius - 2, radius + 9)]
        cv2.line(alpha, *ends, 0.9, 1, cv2.LINE_AA, 4)
    soft = np.clip(np.linspace(1.5, -0.5, n, dtype=np.float32), 0, 1)[None, :]
    alpha = soft * cv2.GaussianBlur(alpha, (0, 0), 3) + (1 - soft) * cv2.GaussianBlur(alpha, (0, 0), 0.7)
    image = alpha[..., None] * fore + (1 - alpha[..., None]) * back
    return np.round(image * 255).astype(np.uint8), alpha, fore, back


def test_alpha_is_nearer_the_truth_than_any_feathered_mask():
    image, alpha, _, _ = _composite()
    hard = ((alpha > 0.5) * 255).astype(np.uint8)
    found = EdgeMatte().refine(image, Mask.place(hard), band=10).alpha.full(alpha.shape) / 255.0

    def error(guess):
        return float(np.abs(guess - alpha).sum())

    feathered = min(error(cv2.GaussianBlur(hard / 255.0, (0, 0), s)) for s in np.arange(0.3, 8, 0.3))
    assert error(found) < 0.5 * error(hard / 255.0)
    assert error(found) < 0.75 * feathered


def test_colours_lose_the_background_and_recompose_the_picture():
    image, alpha, fore, back = _composite()
    mask = Mask.place(((alpha > 0.5) * 255).astype(np.uint8))
    cut = EdgeMatte().refine(image, mask, band=10)
    x, y, w, h = cut.colours.box
    assert cut.colours.box == cut.alpha.box
    part = np.s_[y : y + h, x : x + w]
    edge = (alpha[part] > 0.15) & (alpha[part] < 0.9)
    colours, photo = cut.colours.crop / 255.0, image[part] / 255.0
    before = np.abs(photo - fore[part])[edge].mean()
    assert np.abs(colours - fore[part])[edge].mean() < 0.35 * before
    found = cut.alpha.crop[..., None] / 255.0
    again = found * colours + (1 - found) * back[part]
    assert np.abs(again - photo).mean() * 255 < 2.0


def test_inside_stays_opaque_and_far_outside_empty():
    image, alpha, _, _ = _composite()
    hard = (alpha > 0.5).astype(np.uint8)
    found = EdgeMatte().refine(image, Mask.place(hard * 255), band=6).alpha.full(alpha.shape)
    deep = cv2.distanceTransform(hard, cv2.DIST_L2, 5) > 9
    far = cv2.distanceTransform(1 - hard, cv2.DIST_L2, 5) > 9
    assert (found[deep] == 255).all()
    assert (found[far] == 0).all()


def test_where_colours_do_not_tell_the_masks_edge_is_kept():
    image = np.full((120, 120, 3), 130, np.uint8)
    hard = np.zeros((120, 120), np.uint8)
    hard[40:80, 30:90] = 255
    found = EdgeMatte().refine(image, Mask.place(hard), band=4).alpha.full(hard.shape)
    wrong = np.abs(found.astype(int) - hard).sum() / 255
    assert wrong < 1.1 * 200  # a pixel along the outline; the whole band blurred would be 400


def test_a_thin_stroke_survives():
    image = np.full((80, 80, 3), 30, np.uint8)
    image[:, 39:41] = 220
    hard = np.zeros((80, 80), np.uint8)
    hard[:, 39:41] = 255
    found = EdgeMatte().refine(image, Mask.place(hard), band=6).alpha.full(hard.shape)
    assert found[10:70, 39:41].min() > 230
    assert found[10:70, :36].max() < 25


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (8, 8), (37, 5)])
def test_tiny_pictures_and_masks_touching_the_rim(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    cut = EdgeMatte().refine(image, Mask.place(np.full(shape, 255, np.uint8)))
    assert cut.alpha.box == cut.colours.box == (0, 0, shape[1], shape[0])
    assert (cut.alpha.crop == 255).all()
    assert np.array_equal(cut.colours.crop, image)


def test_nothing_selected_is_said_and_cancel_is_heard():
    image, alpha, _, _ = _composite(96)
    with pytest.raises(StudioError, match="nothing selected"):
        EdgeMatte().refine(image, Mask.empty())
    with pytest.raises(StudioError, match="nothing selected"):
        EdgeMatte().refine(image, Mask(500, 500, np.full((4, 4), 255, np.uint8)))

    class Stop:
        def report(self, fraction, message=""):
            if fraction > 0.3:
                raise Cancelled

    with pytest.raises(Cancelled):
        EdgeMatte().refine(image, Mask.place(((alpha > 0.5) * 255).astype(np.uint8)), progress=Stop())


def test_same_answer_twice_and_the_input_untouched():
    image, alpha, _, _ = _composite(120)
    before = image.copy()
    mask = Mask.place(((alpha > 0.5) * 255).astype(np.uint8))
    one, two = (EdgeMatte().refine(image, mask) for _ in range(2))
    assert one.alpha.same(two.alpha)
    assert np.array_equal(one.colours.crop, two.colours.crop)
    assert np.array_equal(image, before)


def test_the_band_grows_with_the_picture_and_is_narrow_for_a_small_object():
    assert 2 <= auto_band(480, 320, 90_000) <= 3
    assert 11 <= auto_band(6000, 4000, 4_000_000) <= 13
    assert auto_band(6000, 4000, 40 * 40) <= 2


def test_nothing_that_compiles_while_running_is_imported():
    code = "import sys, inpaint_studio.engines.matting as m; "
    code += "sys.exit(bool({'numba', 'onnxruntime'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_network_it_works_from_colours_alone(monkeypatch):
    monkeypatch.setattr("inpaint_studio.engines.matting.network.installed", lambda: False)
    test_alpha_is_nearer_the_truth_than_any_feathered_mask()
    test_inside_stays_opaque_and_far_outside_empty()
    test_where_colours_do_not_tell_the_masks_edge_is_kept()
    test_a_thin_stroke_survives()
    image, alpha, _, _ = _composite()
    mask = Mask.place(((cv2.blur(alpha, (5, 5))) * 255).astype(np.uint8))
    strokes = Mask(100, 160, np.full((50, 50), 255, np.uint8))
    cut = EdgeMatte().refine(image, mask, unknown=strokes)
    outside = strokes.full(alpha.shape) == 0
    same = np.abs(cut.alpha.full(alpha.shape).astype(int) - mask.full(alpha.shape))[outside]
    assert same.max() == 0
