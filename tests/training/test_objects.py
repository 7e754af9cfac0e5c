"""The network of objects: what it is shown, what it is to answer; it trains, goes on, and is measured."""

import json
from dataclasses import replace
from hashlib import sha1

import cv2
import numpy as np
import pytest

pytest.importorskip("fastai")

import torch
from PIL import Image

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.grouping import Answer, grouped
from inpaint_studio.engines.networks.card import read_card
from inpaint_studio.engines.networks.sessions import Session
from training.common.checkpoints import NAME, save_checkpoint
from training.common.onnx import rounded
from training.export import export
from training.matting.edges import EdgeNetwork
from training.matting.graphs import graphs as edge_graphs
from training.objects import calibrate, editor, evaluate, trainer
from training.objects.canvas import Canvas, Placing
from training.objects.components import UNKNOWN, instances_of, voc_components, voc_instances
from training.objects.composites import Stock, composite
from training.objects.cutouts import Cutout, cutouts_of
from training.objects.flat import sign, word
from training.objects.losses import Truth, losses
from training.objects.matches import Tally
from training.objects.network import ARCH, CELL, REACH, Found, ObjectNetwork
from training.objects.scenes import Scene, scene_of
from training.objects.sets import TERMS, photos_of, present
from training.objects.stream import batch_of, material_of
from training.objects.targets import target_of
from training.objects.views import look
from training.segmentation.graphs import graphs as segmenter_graphs
from training.segmentation.unet import LiteUNet

HIGH, WIDE = 96, 128


def discs(*places, size=(HIGH, WIDE)):
    """A clear scene with a thing of its own colour at each (x, y, radius), the later over the earlier."""
    rng = np.random.default_rng(1)
    photo = rng.integers(90, 110, (*size, 3)).astype(np.uint8)
    instances = np.zeros(size, np.uint8)
    for number, (x, y, radius) in enumerate(places, 1):
        cv2.circle(instances, (x, y), radius, number, -1)
        photo[instances == number] = (40 * number % 256, 250 - 30 * number, 20 * number)
    alpha = cv2.GaussianBlur((instances > 0).astype(np.uint8) * 255, (0, 0), 0.8)
    return Scene("discs", photo, alpha, np.full(size, 255, np.uint8), instances, True)


def box(mask, top, bottom, left, right, value):
    mask[top:bottom, left:right] = value
    return mask


@pytest.fixture
def data(tmp_path):
    """Photos of discs under names on either side of the line, with the teacher's masks of them."""
    names = {"train": [], "check": [], "held-out": []}
    for number in range(200):
        name = f"photo{number}"
        digit = sha1(name.encode()).hexdigest()[0]
        side = "held-out" if digit in "01" else "check" if digit == "2" else "train"
        if len(names[side]) >= (6 if side == "train" else 2):
            continue
        names[side].append(name)
        scene = discs((50 + number % 30, 48, 28))
        for kind in ("photos/imagenet", "voc", "coco128"):
            (tmp_path / "data" / kind).mkdir(parents=True, exist_ok=True)
            (tmp_path / "masks" / kind).mkdir(parents=True, exist_ok=True)
            photo = tmp_path / "data" / kind / f"{name}.webp"
            Image.fromarray(scene.photo).save(photo, quality=95)
            Image.fromarray(scene.alpha).save(tmp_path / "masks" / kind / f"{name}.png")
            if kind != "photos/imagenet":
                Image.fromarray(scene.instances * 8).save(photo.with_suffix(".png"))
    return tmp_path, names


def options(folder, *more):
    fixed = ["--data", folder / "data", "--masks", folder / "masks", "--out", folder / "run"]
    fixed += ["--batch", 2, "--side", 64, "--save-every", 0, *more]
    return [str(value) for value in fixed]


def test_what_is_held_out_is_in_no_training_scene(data):
    folder, names = data
    for kind in present(folder / "data"):
        for split, expected in names.items():
            assert [p.stem for p in photos_of(folder / "data", kind, split)] == sorted(expected)


def test_sets_for_research_only_are_not_used(tmp_path):
    assert not [name for name in TERMS if name.split("/")[0] in ("bsds", "camvid", "removal")]
    assert "photos/eval" not in TERMS
    (tmp_path / "bsds/train").mkdir(parents=True)
    with pytest.raises(StudioError, match="holds none of"):
        present(tmp_path)


def test_a_teacher_in_doubt_counts_less_or_not_at_all():
    sure = discs((60, 48, 30)).alpha
    photo = np.zeros((*sure.shape, 3), np.uint8)
    clear = scene_of("a", photo, sure, None, "photos/camera")
    assert clear.clear
    assert clear.known.min() == 255
    half = np.where(sure > 127, sure, 0)
    half = box(half.copy(), 0, 20, 0, 60, 120)
    doubted = scene_of("b", photo, half, None, "photos/camera")
    assert not doubted.clear
    assert doubted.known.max() < 255
    assert scene_of("c", photo, np.full_like(sure, 120), None, "photos/camera") is None


def test_of_people_the_teacher_is_believed_where_it_agrees():
    scene = discs((60, 48, 30))
    drawn = (scene.alpha > 127).astype(np.uint8) * 7
    agreed = scene_of("a", scene.photo, scene.alpha, drawn, "ccp")
    assert agreed.clear
    assert (agreed.alpha == scene.alpha).all()
    other = np.roll(scene.alpha, 40, axis=1)
    denied = scene_of("a", scene.photo, other, drawn, "ccp")
    assert not denied.clear
    assert set(np.unique(denied.alpha)) == {0, 255}
    assert (denied.known == 0).any(), "the drawn edge is not sure to the pixel"


def test_what_only_the_teacher_sees_is_a_thing_of_unknown_number():
    scene = discs((30, 48, 18), (95, 48, 18))
    drawn = np.where(scene.instances == 1, 12, 0).astype(np.uint8)
    both = scene_of("a", scene.photo, scene.alpha, drawn, "voc")
    assert set(np.unique(both.instances[:, 70:])) == {0, UNKNOWN}
    assert both.count == 1
    assert both.alpha[48, 95] == 255


def test_what_nobody_drew_is_less_sure_where_the_teacher_was_not_asked():
    scene = discs((30, 48, 18))
    drawn = np.where(scene.instances == 1, 12, 0).astype(np.uint8)
    drawn[0] = 255
    alone = scene_of("a", scene.photo, None, drawn, "voc")
    assert alone.known[48, 30] == 255
    assert 0 < alone.known[48, 100] < 128
    assert not alone.known[0].any()
    assert scene_of("a", scene.photo, scene.alpha, drawn, "voc").known[48, 100] == 255


def test_a_thing_the_teacher_misses_is_sure_inside_only():
    scene = discs((30, 48, 18), (95, 48, 18))
    drawn = np.where(scene.instances > 0, 12, 0).astype(np.uint8)
    teacher = np.where(scene.instances == 2, 0, scene.alpha).astype(np.uint8)
    both = scene_of("a", scene.photo, teacher, drawn, "voc")
    assert both.alpha[48, 95] == 255
    assert both.known[48, 95] == 255
    rim = cv2.morphologyEx((scene.instances == 2).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3)))
    assert not both.known[rim > 0].any()
    assert both.count == 2


def test_areas_that_may_be_several_things_are_not_told_apart():
    drawn = np.zeros((100, 100), np.uint8)
    box(drawn, 10, 60, 5, 20, 15)  # an upright person
    box(drawn, 10, 30, 30, 90, 15)  # persons side by side
    box(drawn, 70, 95, 5, 60, 17)  # sheep
    box(drawn, 70, 95, 70, 95, 12)  # a dog
    drawn[0] = 255
    out = voc_instances(drawn)
    assert {int(out[20, 10]), int(out[80, 80])} == {1, 2}
    assert out[20, 50] == out[80, 30] == UNKNOWN
    assert (out[0] == 0).all()
    measured = voc_components(drawn)
    assert len(np.unique(measured)) == 6
    assert (measured[0] == UNKNOWN).all()


def test_two_areas_of_a_teacher_are_left_open():
    one, two = discs((60, 48, 30)).alpha, discs((30, 48, 18), (95, 48, 18)).alpha
    assert set(np.unique(instances_of(one))) == {0, 1}
    assert set(np.unique(instances_of(two))) == {0, UNKNOWN}


def test_cutouts_are_whole_and_have_colours_of_their_own():
    found = list(cutouts_of(discs((40, 40, 20), (100, 80, 24), (0, 60, 10))))
    assert [cutout.grounded for cutout in found] == [False, True]
    soft = (found[0].alpha > 60) & (found[0].alpha < 200)
    off = np.abs(found[0].colours[soft].astype(int) - (40, 220, 20)).mean()
    assert off < 20, "no grey of the ground, which is 80 away, is left in it"
    assert not list(cutouts_of(replace(discs((40, 40, 20)), clear=False)))


def square(side=40, value=200):
    return Cutout(np.full((side, side, 3), value, np.uint8), np.full((side, side), 255, np.uint8))


def test_pasted_things_are_known_to_the_pixel():
    canvas = Canvas(discs((30, 30, 20)))
    assert canvas.paste(square(), Placing(x=79.5, y=49.5, side=40))
    scene = canvas.scene("x")
    assert scene.count == 2
    assert (scene.instances == 2).sum() == 1600
    assert (scene.photo[scene.instances == 2] == 200).all()
    assert (scene.alpha[scene.instances == 2] == 255).all()


def test_nothing_is_hidden_by_what_is_pasted_over_it():
    canvas = Canvas(discs((30, 48, 12)))
    before = canvas.scene("x")
    assert not canvas.paste(square(), Placing(x=30, y=48, side=60))
    after = canvas.scene("x")
    assert (after.photo == before.photo).all()
    assert (after.instances == before.instances).all()


def test_a_shadow_darkens_what_is_below_and_belongs_to_nothing():
    canvas = Canvas(discs((110, 10, 5)))
    plain = canvas.scene("x")
    canvas.paste(square(), Placing(x=40, y=48, side=30, shadow=0.8, fall=(0.5, 0.3)))
    scene = canvas.scene("x")
    beside = (scene.instances == 0) & (plain.photo[..., 0] > scene.photo[..., 0] + 20.0)
    assert beside.sum() > 50
    assert not scene.alpha[beside].all()


@pytest.mark.parametrize("seed", range(12))
def test_in_a_composite_every_thing_is_there(seed):
    ground = discs((64, 48, 30), (20, 20, 10))
    scene = composite(Stock([ground], list(cutouts_of(ground))), (64, 96), np.random.default_rng(seed))
    assert scene.photo.shape == (64, 96, 3)
    numbers = set(np.unique(scene.instances)) - {0, UNKNOWN}
    assert numbers, "at least one thing"
    told = (scene.instances > 0) & (scene.instances < UNKNOWN)
    assert np.mean(scene.alpha[told] > 100) > 0.97
    again = composite(Stock([ground], list(cutouts_of(ground))), (64, 96), np.random.default_rng(seed))
    assert (again.photo == scene.photo).all()


def test_letters_and_signs_are_things_of_one_piece():
    rng = np.random.default_rng(0)
    letters = word(5, rng)
    assert len(letters) == 5
    for cutout in [*letters, *(sign(rng) for _ in range(20))]:
        assert cutout.alpha.max() == 255
        assert cutout.colours.shape[:2] == cutout.alpha.shape


@pytest.mark.parametrize("seed", range(12))
def test_a_view_keeps_photo_and_truth_together(seed):
    scene = discs((64, 48, 30))
    view = look(scene, (64, 96), np.random.default_rng(seed))
    green = view.photo[..., 1] > 165
    assert np.mean(green == (view.instances == 1)) > 0.97


def planes_of(scene):
    _, truth = batch_of([scene])
    return truth


def test_offsets_lead_to_the_middle_and_only_there():
    target = target_of(discs((40, 40, 22), (100, 60, 18)))
    rows, columns = np.nonzero(target.middles == 1)
    assert sorted(zip(columns.tolist(), rows.tolist(), strict=True)) == [(10, 10), (25, 15)]
    y, x = 12, 7
    assert target.inside[y, x] > 0
    at = (np.array([x, y]) + 0.5) * CELL + target.offsets[:, y, x] * REACH
    assert at == pytest.approx([40.5, 40.5], abs=1)
    assert not target.offsets[:, 0, 0].any()


def test_nothing_is_asked_where_things_are_not_told_apart():
    scene = discs((40, 40, 22), (100, 60, 18))
    scene.instances[scene.instances == 2] = UNKNOWN
    target = target_of(scene)
    assert not target.seen[15, 25]
    assert not target.inside[15, 25]
    assert target.middles[10, 10] == 1
    assert target.seen[10, 10]


def test_the_perfect_answer_gives_back_the_things():
    scene = discs((30, 30, 20), (60, 40, 20), (100, 70, 16), (110, 20, 6))
    target = target_of(scene)
    alpha = scene.alpha.astype(np.float32) / 255
    things = grouped(Answer(alpha, target.middles, target.offsets * np.float32(REACH / CELL)))
    tally = Tally()
    tally.add(scene.instances, things.numbers)
    assert len(things.quality) == 4
    assert min(things.quality) > 0.8
    assert tally.found(0.75) == 1.0
    assert tally.wrong == 0


def test_no_middles_no_things():
    empty = np.zeros((HIGH // CELL, WIDE // CELL), np.float32)
    things = grouped(Answer(np.ones((HIGH, WIDE), np.float32), empty, np.stack([empty, empty])))
    assert things.quality == []
    assert not things.numbers.any()


def perfect(truth: Truth) -> Found:
    return Found(torch.logit(truth.mask, 1e-4), truth.middles.clone(), truth.offsets.clone())


def test_each_part_of_the_loss_sees_its_own_fault():
    truth = planes_of(discs((40, 40, 22), (100, 60, 18)))
    right = losses(perfect(truth), truth)
    found = perfect(truth)
    worse = {
        "entropy": found._replace(mask=-found.mask),
        "jaccard": found._replace(mask=found.mask - 20),
        "slopes": found._replace(mask=torch.where(truth.mask > 0.5, 8.0, -8.0)),
        "middles": found._replace(middles=found.middles.roll(6, -1)),
        "offsets": found._replace(offsets=found.offsets + 0.2),
    }
    for name, answer in worse.items():
        assert getattr(losses(answer, truth), name) > getattr(right, name) + 0.01, name


def test_what_is_not_known_does_not_count():
    truth = planes_of(discs((40, 40, 22), (100, 60, 18)))
    truth.known[..., 32:] = 0
    truth.seen[..., 16:] = 0
    truth.inside[..., 16:] = 0
    right, found = losses(perfect(truth), truth), perfect(truth)
    found.mask[..., 33:] = 5
    found.middles[..., 16:] = 3
    found.offsets[..., 16:] = 3
    other = losses(found, truth)
    assert torch.allclose(torch.stack(tuple(right)), torch.stack(tuple(other)), atol=1e-5)


def test_a_picture_without_things_has_a_loss():
    nothing = discs()
    truth = planes_of(nothing)
    assert torch.isfinite(losses(perfect(truth), truth).total())


@pytest.mark.parametrize("size", [(64, 96), (32, 32)])
def test_the_network_answers_at_any_multiple_of_32(size):
    network = ObjectNetwork().eval()
    with torch.inference_mode():
        alpha, middles, offsets = network(torch.rand(2, 3, *size))
    assert alpha.shape == (2, 1, *size)
    assert middles.shape == (2, 1, size[0] // CELL, size[1] // CELL)
    assert offsets.shape == (2, 2, size[0] // CELL, size[1] // CELL)
    assert 0 <= alpha.min() <= alpha.max() <= 1


def test_the_network_is_small_enough():
    assert sum(p.numel() for p in ObjectNetwork().parameters()) < 6e6


def test_it_becomes_a_graph_that_answers_alike_at_any_size(tmp_path):
    torch.manual_seed(0)
    average = rounded(ObjectNetwork().state_dict())
    known = {"arch": ARCH, "dataset": "objects", "classes": [], "settings": {}, "licence": "For tests only."}
    save_checkpoint(tmp_path / NAME, known | {"average": average})
    card = read_card(export(tmp_path / NAME, tmp_path).stem, tmp_path)
    assert (card.id, card.task, card.form) == ("objects", "finder", "objects")
    assert (card.options["cell"], card.options["reach"]) == (CELL, REACH)
    network = evaluate.load_network(tmp_path / NAME)
    photo = torch.rand(1, 3, 96, 160)
    with torch.inference_mode():
        expected = network(photo)
    made = Session(card, "look", tmp_path).run({"photo": photo.numpy()})
    for name, answer in zip(("alpha", "middles", "offsets"), expected, strict=True):
        assert made[name] == pytest.approx(answer.numpy(), abs=1e-4)


def test_it_starts_from_the_network_of_things(tmp_path):
    things = LiteUNet(21)
    things.load_state_dict(rounded(things.state_dict()))
    (tmp_path / "things.onnx").write_bytes(segmenter_graphs(things, street=False)["look"].to_onnx())
    network = trainer.start(tmp_path / "things.onnx")
    assert torch.equal(network.join[1][0].weight, things.join[1][0].weight)
    assert not network.encoder.stem[1].weight.requires_grad
    (tmp_path / "other.onnx").write_bytes(edge_graphs(EdgeNetwork())["cover"].to_onnx())
    with pytest.raises(StudioError, match="holds no EfficientNet-Lite0"):
        trainer.start(tmp_path / "other.onnx")


def rows_of(folder):
    return [json.loads(line) for line in (folder / "run" / "log.jsonl").read_text().splitlines()]


def test_a_run_goes_on_where_it_stopped_and_is_measured(data, capsys):
    folder, _ = data
    assert trainer.main(options(folder, "--steps", 2)) == 0
    before = torch.load(folder / "run" / NAME, weights_only=True)
    assert trainer.main(options(folder, "--steps", 3, "--resume")) == 0
    after = torch.load(folder / "run" / NAME, weights_only=True)
    assert [row["steps"] for row in rows_of(folder)] == [1, 2, 3]
    assert after["seconds"] > before["seconds"]
    key = "encoder.stages.5.0.body.0.0.weight"
    assert not torch.equal(before["model"][key], after["model"][key])
    assert "research" not in after["licence"].lower()
    capsys.readouterr()
    measured = ["--data", folder / "data", "--masks", folder / "masks", "--weights", folder / "run" / NAME]
    measured += ["--composites", 2, "--sheets", folder / "sheets"]
    assert evaluate.main([str(value) for value in measured]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert "2 photos" in lines[0]
    assert (folder / "sheets" / "subject-worst.png").is_file()


def test_certainty_is_fitted_on_photos_kept_apart(data, capsys):
    folder, names = data
    assert trainer.main(options(folder, "--steps", 1)) == 0
    capsys.readouterr()
    given = ["--data", folder / "data", "--masks", folder / "masks", "--weights", folder / "run" / NAME]
    assert calibrate.main([str(value) for value in [*given, "--composites", 2]]) == 0
    assert "--certainty" in capsys.readouterr().out
    assert names["check"]


def test_the_curve_says_how_often_what_was_said_is_right():
    rng = np.random.default_rng(5)
    quality = rng.random(20000)
    right = (rng.random(20000) < 1 / (1 + np.exp(2 - 5 * quality))).astype(np.float64)
    level, slope = calibrate.fitted(quality, right)
    assert abs(level + 2) < 0.15 and abs(slope - 5) < 0.3


def test_the_editor_is_measured_in_the_same_form():
    scene = discs((64, 48, 30))
    things = editor.see(scene.photo)
    assert things.alpha.shape == things.numbers.shape == scene.alpha.shape
    assert things.numbers.max() == len(things.quality)
    one, other = things.alpha > 0.5, scene.alpha > 127
    assert (one & other).sum() > 0.8 * (one | other).sum()


def test_a_run_is_not_overwritten(data, capsys):
    folder, _ = data
    assert trainer.main(options(folder, "--steps", 1)) == 0
    assert trainer.main(options(folder, "--steps", 1)) == 1
    assert "go on with --resume" in capsys.readouterr().err
    assert trainer.main(options(folder, "--side", 60)) == 1
    assert "multiple of 32" in capsys.readouterr().err


def test_what_is_found_is_counted():
    true = box(np.zeros((40, 40), np.uint8), 0, 20, 0, 20, 1)
    box(true, 30, 34, 30, 34, 2)
    said = box(np.zeros((40, 40), np.uint8), 0, 20, 0, 12, 1)  # 0.6 of the first
    box(said, 25, 30, 0, 10, 2)  # none of them
    tally = Tally()
    tally.add(true, said)
    assert (tally.found(0.5), tally.found(0.75)) == (0.5, 0.0)
    assert (tally.said, tally.wrong) == (2, 1)
    large = Tally(0.02)
    large.add(true, said)
    assert len(large.best) == 1


def test_a_set_without_photos_is_left_out():
    material = material_of({"voc": [discs((60, 48, 30))], "people": []})
    assert list(material.scenes) == ["voc"]
    assert len(material.stock.cutouts) == 1
