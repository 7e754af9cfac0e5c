"""Masks to point at, and the training of the network for clicks on tiny made-up data."""

import json

import numpy as np
import pytest
import torch
from conftest import disc, write

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.engines.selectors.network import NetworkSelector
from training.common import callbacks
from training.common.datasets import CAMVID_CLASSES, VOC_CLASSES, held_out
from training.common.samples import UNKNOWN, Sample
from training.export import export
from training.selection import masks
from training.selection import trainer as selection
from training.selection.clicks import Answer, ClickNetwork
from training.selection.masks import (
    GROUP,
    MEANT,
    OBJECT,
    PART,
    SETS,
    Frame,
    ThingCrops,
    load_scenes,
    open_masks,
    scene_of,
)
from training.selection.prompts import Wish, asked
from training.selection.trainer import answer_loss, focal, iou, jaccard

CAT, DOG = VOC_CLASSES.index("cat"), VOC_CLASSES.index("dog")


def labelled(name, labels):
    return Sample(name, np.zeros((*labels.shape, 3), np.uint8), labels)


def blank(*boxes, size=(60, 80)):
    """Labels with boxes (number, top, bottom, left, right)."""
    out = np.zeros(size, np.uint8)
    for number, top, bottom, left, right in boxes:
        out[top:bottom, left:right] = number
    return out


def pixels(scene, ref):
    return scene.maps[..., ref.layer] == ref.number


def test_voc_components_are_objects_and_classes_groups():
    labels = blank((CAT, 5, 25, 5, 25), (CAT, 5, 25, 40, 60), (DOG, 35, 55, 5, 25))
    labels[30:32] = len(VOC_CLASSES)
    labels[58, 79] = CAT
    scene = scene_of(labelled("voc/a", labels))
    cats = [thing for thing in scene.things if thing.group]
    assert len(scene.things) == 3
    assert len(cats) == 2
    assert pixels(scene, cats[0].object).sum() == 400
    assert pixels(scene, cats[0].group).sum() == 800
    assert all(thing.part is None for thing in scene.things)
    assert (scene.maps[30, :, 0] == UNKNOWN).all()
    assert scene.maps[58, 79, 0] == UNKNOWN  # too small to be clear


def test_things_that_touch_are_a_group():
    scene = scene_of(labelled("voc/a", blank((CAT, 5, 25, 5, 25), (DOG, 5, 25, 25, 45))))
    assert {pixels(scene, thing.group).sum() for thing in scene.things} == {800}
    instances = scene_of(
        labelled("coco128/a", blank((1, 5, 25, 5, 25), (2, 5, 25, 26, 45), (7, 40, 55, 60, 75)))
    )
    assert [thing.group is not None for thing in instances.things] == [True, True, False]


def test_clothes_are_parts_of_a_person():
    scene = scene_of(labelled("ccp/a", blank((9, 5, 25, 5, 25), (14, 25, 50, 5, 25))))
    assert {pixels(scene, thing.part).sum() for thing in scene.things} == {400, 500}
    assert {pixels(scene, thing.object).sum() for thing in scene.things} == {900}


def test_streets_and_outlines():
    road, car = CAMVID_CLASSES.index("road"), CAMVID_CLASSES.index("car")
    labels = blank((car, 5, 25, 5, 25), (car, 5, 25, 50, 70), size=(60, 80))
    labels[30:] = road
    labels[labels == 0] = len(CAMVID_CLASSES)
    scene = scene_of(labelled("camvid/train/a", labels))
    assert sorted(thing.group is not None for thing in scene.things) == [False, True, True]
    regions = scene_of(labelled("bsds/train/a", blank((1, 0, 30, 0, 80), (2, 30, 60, 0, 80))))
    assert [thing.part is not None and thing.object is None for thing in regions.things] == [True, True]


@pytest.fixture
def data(tmp_path):
    """Twelve photos of VOC and three of people: bright squares on dark grounds."""
    rng = np.random.default_rng(0)
    for folder, names, number in (("voc", range(40), CAT), ("people", range(3), 1)):
        for name in names:
            top, left = rng.integers(4, 30, 2)
            labels = blank((number, top, top + 26, left, left + 30))
            photo = np.where(labels[..., None] > 0, (220, 190, 90), (40, 60, 50)) + rng.normal(
                0, 6, (60, 80, 3)
            )
            write(tmp_path / folder / f"2008_{name:06}.webp", np.clip(photo, 0, 255))
            write(tmp_path / folder / f"2008_{name:06}.png", labels)
    return tmp_path


def test_what_is_kept_for_measuring_is_in_no_split(data):
    opened = open_masks(data)
    names = [{pair.name for pair in opened.pairs(split)} for split in ("train", "check")]
    kept = {f"voc/2008_{n:06}" for n in range(40) if held_out(f"2008_{n:06}")}
    assert kept
    assert not kept & (names[0] | names[1])
    assert not names[0] & names[1]
    assert names[1]
    assert all(held_out(name.split("/")[1], "2") for name in names[1])
    assert len(names[0]) + len(names[1]) + len(kept) == 43
    with pytest.raises(StudioError, match="held-out"):
        opened.pairs("held-out")
    assert not [name for name in SETS if "test" in name]
    with pytest.raises(StudioError, match="--data"):
        open_masks(data / "voc")


FRAME = Frame(side=64, things=2, cell=4, sides=(60.0, 120.0))


def test_crops_repeat_and_show_what_is_pointed_at(data):
    scenes = load_scenes(open_masks(data), "train")
    one, two = (ThingCrops(scenes, FRAME, 5, 30) for _ in "ab")
    two.epoch = 1
    assert not np.array_equal(one[0][0], two[0][0])
    two.epoch = 0
    agree = []
    for index in range(30):
        photo, truth, weight = one[index]
        assert photo.shape == (3, 64, 64)
        assert truth.shape == (8, 16, 16)
        assert weight == 1
        assert np.array_equal(truth, two[index][1])
        planes = truth.reshape(2, 4, 16, 16)
        assert (planes[:, MEANT] > 0.5).any((1, 2)).all()
        assert (planes[:, (PART, GROUP)] == -1).all()
        bright = photo.reshape(3, 16, 4, 16, 4).mean((0, 2, 4))
        sure = np.isin(planes[0, OBJECT], (0, 1))
        inside = planes[0, OBJECT] == 1
        if inside.any() and (sure & ~inside).any():
            agree.append(bright[inside].mean() > bright[sure & ~inside].mean())
    assert len(agree) > 10
    assert np.mean(agree) > 0.9


def logits(area):
    return torch.where(torch.as_tensor(area), 6.0, -6.0)


def test_losses_fall_as_the_mask_gets_right():
    truth = torch.as_tensor(disc())
    near, far = torch.as_tensor(disc(radius=8)), torch.as_tensor(disc(centre=(24, 8)))
    known = torch.ones(1, 3, 32, 32, dtype=torch.bool)
    target = truth.float().expand(1, 3, 32, 32)
    masks = torch.stack((logits(truth), logits(near), logits(far)))[None]
    for loss in (focal, jaccard):
        right, almost, wrong_one = loss(masks, target, known)[0].tolist()
        assert right < almost < wrong_one
    share = float((near & truth).sum() / (near | truth).sum())
    assert iou(masks, target, known)[0, :2].tolist() == pytest.approx([1, share])
    hidden = known & ~(truth ^ near)
    assert float(iou(masks, target, hidden)[0, 1]) == 1


def test_crops_of_all_that_stands_out_have_no_thing_to_point_at(data, monkeypatch):
    monkeypatch.setattr(masks, "SUBJECT", 1.0)
    crops = ThingCrops(load_scenes(open_masks(data, ("voc",)), "train"), FRAME, 5, 30)
    planes = [crops[index][1].reshape(2, 4, 16, 16)[-1] for index in range(30)]
    alone = [p for p in planes if (p[OBJECT:] == -1).all()]
    assert len(alone) > 10
    assert all((p[MEANT] > 0.5).any() for p in alone)


def answer(*areas):
    masks = torch.stack([logits(area) for area in areas])[None].requires_grad_()
    return Answer(masks, torch.zeros(1, 3, requires_grad=True))


def truths(meant=None, whole=None, part=None, group=None):
    planes = [
        torch.full((32, 32), -1.0) if a is None else torch.as_tensor(a).float()
        for a in (meant, whole, part, group)
    ]
    return torch.stack(planes)[None]


def test_one_click_asks_for_the_whole_and_more_for_what_is_meant():
    whole, part = disc(), disc(radius=4)
    truth = truths(part, whole, part)
    as_whole, as_part = answer(whole, part, part), answer(part, part, part)
    click, exact = [Wish((32, 32), [(14.5, 17.5, 1)])], [Wish((32, 32), [(14.5, 17.5, 1)] * 2)]
    assert answer_loss(as_whole, truth, click).item() < answer_loss(as_part, truth, click).item()
    assert answer_loss(as_whole, truth, exact).item() > answer_loss(as_part, truth, exact).item()


def test_saying_nothing_asks_for_the_subject():
    nothing = [Wish((32, 32))]
    assert nothing[0].silent
    assert (asked(nothing).labels == -1).all()
    truth = truths(disc())
    right, empty = answer(disc(), disc(), disc()), answer(disc(radius=2), disc(), disc())
    assert answer_loss(right, truth, nothing).item() < answer_loss(empty, truth, nothing).item()


def test_masks_without_truth_are_not_trained():
    out = answer(disc(), disc(radius=3), disc(radius=5))
    answer_loss(
        out, truths(disc(radius=7), disc(radius=7)), [Wish((32, 32), [(14.5, 17.5, 1)])]
    ).sum().backward()
    assert out.masks.grad[0, 0].abs().sum() > 0
    assert out.masks.grad[0, 1:].abs().sum() == 0


@pytest.fixture
def options(data, tmp_path, monkeypatch):
    """Options of a short run that begins with random weights."""
    monkeypatch.setattr(selection, "load_imagenet", lambda network: None)
    torch.set_num_threads(1)

    def make(*more, out="run"):
        given = [
            "--data",
            data,
            "--out",
            tmp_path / out,
            "--crops",
            8,
            "--side",
            64,
            "--epochs",
            2,
            "--batch",
            4,
        ]
        return selection.parse([str(a) for a in (*given, "--things", 1, "--rounds", 2, "--freeze", 2, *more)])

    return make


def last(args):
    return torch.load(args.out / "last.pt", weights_only=True)


def test_a_resumed_run_ends_as_an_uninterrupted_one(options, capsys, monkeypatch):
    whole, halves = options("--val-every", 2), options("--val-every", 0, out="halves")
    selection.train(whole)
    assert capsys.readouterr().out.count("IoU after clicks: 1 0.") == 1
    with monkeypatch.context() as patch:
        seeds = callbacks.EpochSeed.before_epoch

        def stop_before_the_second(self):
            if self.epoch == 1:
                raise KeyboardInterrupt
            seeds(self)

        patch.setattr(callbacks.EpochSeed, "before_epoch", stop_before_the_second)
        with pytest.raises(KeyboardInterrupt):
            selection.train(halves)
    assert last(halves)["epoch"] == 1
    halves.resume = True
    selection.train(halves)
    one, two = last(whole), last(halves)
    for key in ("model", "average"):
        assert all(torch.equal(one[key][name], two[key][name]) for name in one[key])
    frozen = "network.encoder.stages.0.0.body.0.0.weight"
    learned = "network.head.masks.2.weight"
    assert not torch.equal(one["model"][learned], one["average"][learned])
    assert torch.equal(one["model"][frozen], one["average"][frozen])


def test_it_starts_with_a_trained_encoder_or_a_whole_network(options, tmp_path):
    given = ClickNetwork()
    torch.nn.init.constant_(given.encoder.stem[1].weight, 0.25)
    average = {f"encoder.{key}": value for key, value in given.encoder.state_dict().items()}
    torch.save({"average": average | {"head.weight": torch.zeros(2)}}, tmp_path / "things.pt")
    network = selection.make_network(options("--init", tmp_path / "things.pt"))
    assert (network.encoder.stem[1].weight == 0.25).all()
    assert not next(network.encoder.stem.parameters()).requires_grad
    whole = {f"network.{key}": value + 1 for key, value in given.state_dict().items()}
    torch.save({"average": whole}, tmp_path / "select.pt")
    network = selection.make_network(options("--init", tmp_path / "select.pt"))
    assert torch.equal(network.head.masks[2].weight, given.head.masks[2].weight + 1)
    assert (network.encoder.stem[1].weight == 1.25).all()
    torch.save({"average": {"encoder.stem.0.weight": torch.zeros(2)}}, tmp_path / "wrong.pt")
    with pytest.raises(StudioError, match="--init"):
        selection.make_network(options("--init", tmp_path / "wrong.pt"))


def test_the_run_becomes_the_editors_selector(options, tmp_path):
    selection.train(options("--val-every", 0, "--epochs", 1))
    path = export(tmp_path / "run/last.pt", tmp_path / "models", side=128)
    card = json.loads(path.read_text("utf-8"))
    assert (card["id"], card["task"], card["side"]) == ("select", "selector", 128)
    assert sum(graph["size"] for graph in card["graphs"].values()) < 15e6
    assert "VOC" in card["licence"]
    selector = NetworkSelector(folder=tmp_path / "models")
    prepared = selector.prepare(np.zeros((60, 80, 3), np.uint8))
    assert selector.select(prepared, Prompts(points=((30.5, 30.5),), labels=(1,)))


def test_bad_options_are_told(options, tmp_path, capsys):
    assert selection.main(["--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "x")]) == 1
    assert "--data" in capsys.readouterr().err
    with pytest.raises(StudioError, match="--side"):
        selection.train(options("--side", 70))
    (tmp_path / "run").mkdir()
    (tmp_path / "run/last.pt").touch()
    with pytest.raises(StudioError, match="--resume"):
        selection.train(options("--val-every", 0))


def test_it_learns_a_bright_square(data):
    """A few steps on photos of one bright square are enough to get better at it."""
    torch.set_num_threads(1)
    crops = ThingCrops(load_scenes(open_masks(data), "train"), FRAME, 1, 16)
    torch.manual_seed(0)
    task = selection.ClickTask(ClickNetwork(), 1)
    steps = torch.optim.Adam(task.parameters(), 2e-3)
    items = [crops[n] for n in range(4)]
    photos, truth = (torch.from_numpy(np.stack([item[n] for item in items])) for n in (0, 1))
    losses = []
    for _ in range(20):
        steps.zero_grad()
        loss = task(photos, truth).mean()
        loss.backward()
        steps.step()
        losses.append(loss.item())
    assert np.mean(losses[-4:]) < 0.75 * np.mean(losses[:4])
