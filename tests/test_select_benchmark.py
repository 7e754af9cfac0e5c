"""The selection benchmark measures what it says, on made-up selectors and pictures; no selector is judged."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from benchmarks.fill.results import Results
from benchmarks.select import measures, objects, robot, sheets, table, times, undo, ways
from benchmarks.select.command import main
from benchmarks.select.objects import Target
from benchmarks.select.plain import PlainGrabCut
from benchmarks.select.robot import Click
from benchmarks.select.run import KEY, Run, measured
from benchmarks.select.ways import Way, clicked
from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import EngineInfo, Prompts, Proposal

SHAPE = (80, 120)
NO_VOID = np.zeros(SHAPE, np.bool_)


def rectangle(top: int, bottom: int, left: int, right: int) -> np.ndarray:
    out = np.zeros(SHAPE, np.bool_)
    out[top:bottom, left:right] = True
    return out


TRUTH = rectangle(20, 60, 30, 70)
TARGET = Target.of(TRUTH, NO_VOID)
PHOTO = np.where(TRUTH[..., None], np.uint8(220), np.uint8(30)) + np.zeros(3, np.uint8)


class Fixed:
    """Always answers the same area; `refine` would give the sharper one."""

    def __init__(self, area: np.ndarray, sharper: np.ndarray | None = None) -> None:
        self.area, self.seen = area, []
        if sharper is not None:
            self.refine = lambda prepared, prompts, proposal: self._proposal(sharper)

    @staticmethod
    def _proposal(area: np.ndarray) -> Proposal:
        return Proposal(Mask.place(area.astype(np.uint8) * np.uint8(255)), 1.0)

    def prepare(self, image, *, progress=None):
        return image

    def select(self, prepared, prompts: Prompts) -> list[Proposal]:
        self.seen.append(prompts)
        return [self._proposal(self.area)]


def opened(selector, zoom: bool = False) -> ways.Opened:
    return Way("made-up", "Made up", selector, zoom, "1").open(PHOTO)


def box_of(target: np.ndarray, seed: int = 0) -> tuple:
    return robot.drawn_box(target, seed)


# -- the robot ------------------------------------------------------------------------------------------


def test_a_perfect_selector_needs_one_click() -> None:
    row = measured(opened(Fixed(TRUTH)), TARGET, box_of(TRUTH))
    assert len(row["clicks"]) == 1 and row["clicks"][0][2] is True
    assert row["ious"] == [1.0] and row["edges"] == [1.0] and row["box_iou"] == row["box_edge"] == 1.0
    assert measures.clicks_needed(row["ious"], 0.9, robot.MOST) == 1
    assert measures.after(row["ious"], 5) == 1.0


def test_a_selector_that_always_answers_the_same_box_has_known_numbers() -> None:
    twice = rectangle(20, 60, 30, 110)
    row = measured(opened(Fixed(twice)), TARGET, box_of(TRUTH))
    assert row["ious"] == [0.5] * robot.MOST and row["box_iou"] == 0.5
    assert [belongs for _, _, belongs in row["clicks"]] == [True] + [False] * 19
    assert len({tuple(click) for click in row["clicks"]}) == robot.MOST
    assert measures.clicks_needed(row["ious"], 0.85, robot.MOST) == 20


def test_the_robot_goes_on_until_it_is_good_and_clicks_five_times_at_least() -> None:
    rows = range(20, 60)

    def answer(clicks: list[Click]) -> np.ndarray:
        return rectangle(20, 20 + 5 * len(clicks), 30, 70)

    path = robot.walk(answer, TARGET)
    assert path.ious == pytest.approx([5 * n / len(rows) for n in range(1, 9)])
    assert [c.belongs for c in path.clicks] == [True] * 8
    nearly = TRUTH.copy()
    nearly[20, 30:50] = False
    assert len(robot.walk(lambda clicks: nearly, TARGET).clicks) == 5


def test_a_click_goes_where_most_is_wrong() -> None:
    nothing = NO_VOID
    assert robot.next_click(nothing, Target.of(rectangle(10, 21, 40, 51), NO_VOID)) == Click(45, 15, True)
    missing_little = rectangle(20, 60, 30, 66) | rectangle(0, 15, 90, 105)
    assert robot.next_click(missing_little, TARGET) == Click(97, 7, False)
    missing_more = rectangle(20, 60, 30, 59) | rectangle(0, 15, 90, 105)
    assert robot.next_click(missing_more, TARGET).belongs
    assert robot.next_click(TRUTH, TARGET) is None


def test_innermost_takes_the_rim_of_the_photo_as_outside() -> None:
    assert robot.innermost(np.ones((21, 41), np.bool_)) in {(x, 10) for x in range(10, 31)}
    assert robot.innermost(rectangle(0, 9, 0, 9)) == (4, 4)
    ring = rectangle(10, 50, 10, 50) & ~rectangle(15, 45, 15, 49)
    x, y = robot.innermost(ring)
    assert ring[y, x] and x < 15 + 3
    assert robot.innermost(rectangle(0, 9, 0, 9), {(4, 4)}) != (4, 4)
    assert robot.innermost(NO_VOID) is None and robot.innermost(rectangle(3, 4, 3, 4), {(3, 3)}) is None


def test_the_drawn_box_is_near_the_true_one_and_inside_the_photo() -> None:
    boxes = [np.array(box_of(TRUTH, seed)) for seed in range(50)]
    true = np.array([30, 20, 40, 40])
    off = np.abs(np.array(boxes) - true)
    assert off[:, :2].max() <= 2 and off[:, 2:].max() <= 4 and off.mean() > 0.5
    assert box_of(TRUTH, 3) == box_of(TRUTH, 3) != box_of(TRUTH, 4)
    for seed in range(20):
        x, y, w, h = box_of(np.ones(SHAPE, np.bool_), seed)
        assert x >= 0 and y >= 0 and x + w <= 120 and y + h <= 80


def test_clicks_are_handed_on_as_the_editor_does() -> None:
    prompts = clicked([Click(3, 4, True), Click(5, 6, False)])
    assert prompts.points == ((3.5, 4.5), (5.5, 6.5)) and prompts.labels == (1, 0)


def test_failures_count_as_twenty_clicks() -> None:
    assert measures.clicks_needed([0.1, 0.86, 0.5], 0.85, 20) == 2
    assert measures.clicks_needed([0.1] * 20, 0.85, 20) == 20


# -- measures -------------------------------------------------------------------------------------------


def test_void_counts_nowhere() -> None:
    void = rectangle(20, 60, 50, 70)
    target = Target.of(TRUTH & ~void, void)
    assert measures.iou(TRUTH, target) == 1.0
    assert measures.iou(rectangle(20, 60, 40, 70), target) == 0.5
    assert robot.next_click(TRUTH, target) is None


def test_a_thin_seam_of_void_is_split_and_a_wide_one_is_not_judged() -> None:
    void = rectangle(20, 60, 68, 72)
    target = Target.of(TRUTH & ~void, void)
    assert target.filled[40, 69] and not target.filled[40, 70]
    assert measures.boundary_f(rectangle(20, 60, 30, 70), target) == 1.0
    wide = rectangle(0, 80, 70, 120)
    assert not Target.of(TRUTH, wide).edges_known[40, 100]


def test_boundary_f_of_known_edges() -> None:
    assert measures.boundary_f(TRUTH, TARGET) == measures.boundary_f(rectangle(21, 59, 31, 69), TARGET) == 1.0
    near = 1 - 4 * 3 / 156  # of the true edge; the corners and what is beside them are more than 2 px off
    inner = measures.boundary_f(rectangle(22, 58, 32, 68), TARGET)
    assert inner == pytest.approx(2 * near / (1 + near))
    assert measures.boundary_f(rectangle(23, 57, 33, 67), TARGET) == 0.0
    assert measures.boundary_f(NO_VOID, TARGET) == 0.0
    everything = Target.of(np.ones(SHAPE, np.bool_), NO_VOID)
    assert measures.boundary_f(np.ones(SHAPE, np.bool_), everything) == 1.0
    # The right side is 3 px off: 122 of the 162 pixels of its edge are near, and of the true edge's 156.
    assert measures.boundary_f(rectangle(20, 60, 30, 73), TARGET) == pytest.approx(2 * 122 / (162 + 156))


def test_the_rim_of_the_photo_is_no_edge() -> None:
    half = rectangle(0, 80, 0, 60)
    assert measures.edge(half).sum() == 80 and measures.edge(half)[:, 59].all()


# -- the objects ----------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path):
    """A folder with a held-out photo of each set: 2 components and a crumb, 2 instances, 3 regions."""
    names = {"voc": next(n for n in map(str, range(99)) if objects.held_out(n)), "bsds/test": "7"}
    names["coco128"] = names["voc"]
    pictures = {}
    voc = np.zeros(SHAPE, np.uint8)
    voc[20:60, 10:40], voc[20:60, 60:100], voc[0:5, 0:5], voc[70:80, :] = 8, 8, 8, 255
    pictures["voc"] = voc
    coco = np.zeros(SHAPE, np.uint8)
    coco[20:60, 10:40], coco[20:60, 60:100], coco[0:40, 100:120] = 1, 1, 2
    pictures["coco128"] = coco
    bsds = np.ones(SHAPE, np.uint8)
    bsds[:, 40:], bsds[40:, 40:] = 2, 3
    pictures["bsds/test"] = bsds
    for folder, labels in pictures.items():
        place = tmp_path / folder
        place.mkdir(parents=True)
        Image.fromarray(labels).save(place / f"{names[folder]}.png")
        colours = np.dstack([labels * np.uint8(60), 255 - labels, labels * np.uint8(90)])
        Image.fromarray(colours).save(place / f"{names[folder]}.webp", lossless=True)
    other = next(n for n in map(str, range(99)) if not objects.held_out(n))
    Image.fromarray(voc).save(tmp_path / "voc" / f"{other}.png")
    return tmp_path


def test_objects_are_all_those_that_are_large_enough(data) -> None:
    numbers = {kind: len(objects.places(data, kind)) for kind in objects.SETS}
    assert numbers == {"voc": 2, "coco128": 2, "bsds": 3}
    first = objects.read_target(objects.places(data, "voc")[0])
    assert first.truth.sum() == 40 * 30 and not first.known[75].any() and first.known[:70].all()
    both = objects.read_target(objects.places(data, "coco128")[0])
    assert both.truth.sum() == 40 * 70 and both.known.all()


def test_a_limit_is_evenly_spread() -> None:
    assert objects.spread(range(10), 3) == [0, 3, 6]
    assert objects.spread(range(2), 3) == objects.spread(range(2), None) == [0, 1]


def test_a_folder_without_photos_is_told(data) -> None:
    with pytest.raises(StudioError, match="held-out"):
        objects.places(data / "voc", "coco128")
    next((data / "voc").glob("*.webp")).unlink()
    with pytest.raises(StudioError, match="missing"):
        objects.places(data, "voc")


# -- what is compared -----------------------------------------------------------------------------------


def test_plain_grabcut_finds_a_plain_object_and_answers_alike_each_time() -> None:
    noisy = np.clip(PHOTO.astype(int) + np.random.default_rng(0).integers(-9, 9, PHOTO.shape), 0, 255)
    selector = PlainGrabCut()
    prepared = selector.prepare(noisy.astype(np.uint8))
    box = selector.select(prepared, Prompts(box=(27.0, 17.0, 46.0, 46.0)))[0].mask
    assert measures.iou(box.full(SHAPE) > 127, TARGET) > 0.95
    two = clicked([Click(50, 40, True), Click(100, 10, False)])
    after_one = selector.select(prepared, clicked([Click(50, 40, True)]))[0].mask
    assert measures.iou(after_one.full(SHAPE) > 127, TARGET) > 0.95
    once = selector.select(prepared, two)[0].mask
    assert once.same(PlainGrabCut().select(selector.prepare(noisy.astype(np.uint8)), two)[0].mask)
    flat = selector.prepare(np.zeros((*SHAPE, 3), np.uint8))
    # Without any colour to go by it may find nothing, but it answers.
    assert len(selector.select(flat, Prompts(box=(0.0, 0.0, 120.0, 80.0)))) == 1
    assert selector.select(flat, two)[0].mask.window((50, 40, 1, 1)) == 255


def test_zoom_in_is_a_way_of_its_own() -> None:
    rough, exact = rectangle(18, 62, 28, 72), TRUTH
    assert measured(opened(Fixed(rough, exact)), TARGET, box_of(TRUTH))["box_iou"] < 0.9
    row = measured(opened(Fixed(rough, exact), zoom=True), TARGET, box_of(TRUTH))
    assert row["box_iou"] == row["ious"][0] == 1.0 and row["zoom_s"] is not None


def test_an_answer_that_says_nothing_was_found_counts_as_empty() -> None:
    class Refuses(Fixed):
        def select(self, prepared, prompts):
            raise StudioError("Nothing there.")

    row = measured(opened(Refuses(TRUTH)), TARGET, box_of(TRUTH))
    assert row["ious"] == [0.0] * robot.MOST and row["box_iou"] == 0 and len(row["errors"]) == 21


@pytest.fixture
def only(monkeypatch):
    """Puts made-up selectors in the registry's place."""

    def put(selectors: dict, network: str | None = None) -> None:
        made = tuple(
            EngineInfo(n, "selector", n.title(), "none:None", "", network=network) for n in selectors
        )
        plain = registry.engines
        monkeypatch.setattr(registry, "engines", lambda kind: made if kind == "selector" else plain(kind))
        real = registry.load
        monkeypatch.setattr(registry, "load", lambda n, k: selectors[n] if k == "selector" else real(n, k))

    return put


def test_selectors_come_from_the_registry(only) -> None:
    only({"network": Fixed(TRUTH, TRUTH), "other": Fixed(TRUTH)})
    found, absent = ways.ways()
    assert [way.id for way in found] == ["opencv", "network", "network+zoom", "other"] and not absent
    assert [way.id for way in ways.ways(["network+zoom"])[0]] == ["network+zoom"]
    with pytest.raises(StudioError, match="no selector called"):
        ways.ways(["nobody"])


def test_a_selector_without_its_weights_is_absent(only) -> None:
    only({"network": Fixed(TRUTH)}, network="nowhere")
    found, absent = ways.ways(["opencv", "network", "network+zoom"])
    assert [way.id for way in found] == ["opencv"] and "missing" in absent["network"]


# -- runs and tables ------------------------------------------------------------------------------------


def test_a_run_goes_on_where_it_was(data, tmp_path) -> None:
    selector = Fixed(rectangle(20, 60, 10, 40))
    way = Way("made-up", "Made up", selector, False, "1")
    places, kept = objects.places(data, "voc"), tmp_path / "r.jsonl"
    run = Run(places, [way], 0, Results(kept, KEY), lambda text: None)
    rows = run.rows()
    assert [row["ious"][0] for row in rows] == [1.0, 0.0]
    calls = len(selector.seen)
    again = Run(places, [way], 0, Results(kept, KEY), lambda text: None).rows()
    assert json.loads(json.dumps(rows)) == again and len(selector.seen) == calls
    Run(places, [way], 1, Results(kept, KEY), lambda text: None).rows()
    assert len(selector.seen) > calls


def row(way: str, ious: list[float], box: float, kind: str = "voc") -> dict:
    return {
        "set": kind, "way": way, "ious": ious, "edges": ious, "best": ious, "box_iou": box, "box_edge": box,
        "prepare_s": 0.5, "click_s": 0.1, "zoom_s": None, "errors": [],
    }  # fmt: skip


def test_means_and_verdicts() -> None:
    rows = [row("opencv", [0.1] * 20, 0.4), row("network", [0.8, 0.9], 0.9), row("network", [0.7] * 20, 0.8)]
    plain, network = table.summaries(rows)
    assert network.iou == {1: pytest.approx(0.75), 3: pytest.approx(0.8), 5: pytest.approx(0.8)}
    assert network.noc == {85: 11.0, 90: 11.0} and network.never[85] == 1 and plain.noc[85] == 20
    verdicts = {
        words: value >= bar if least else value <= bar
        for words, value, bar, least in table.asked([plain, network])
    }
    assert verdicts == {
        "network: mIoU, 1 clicks": True,
        "network: mIoU, 3 clicks": False,
        "network: mIoU, 5 clicks": False,
        "network: mIoU from a box": True,
        "network: NoC@85": False,
        "network: NoC@85, half of GrabCut's": False,
    }
    text = table.tables(
        [plain, network], {"opencv": "Plain", "network": "Net"}, {"gone": "no weights"}, {"voc": 9}
    )
    assert "one in 9.0 of 9" in text and "| gone | absent: no weights |" in text
    assert table.verdicts(table.asked([plain, network])).count("MISSED") == 4


def test_the_whole_command(data, only, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sheets, "CELL", 40)
    only({"network": Fixed(rectangle(20, 60, 10, 40), rectangle(20, 60, 10, 40))})
    words = [
        "--data",
        str(data),
        "--json",
        "n.json",
        "--sheets",
        "sheets",
        "--selectors",
        "network,network+zoom",
    ]
    assert main([*words, "--sets", "voc,bsds", "--limit", "2"]) == 0
    numbers = json.loads((tmp_path / "n.json").read_text())
    assert [len([r for r in numbers["rows"] if r["set"] == s]) for s in ("voc", "bsds")] == [4, 4]
    assert len(list((tmp_path / "sheets").glob("*.webp"))) == 12
    out = capsys.readouterr().out
    assert "evenly spread" in out and "against without" in out
    assert main(["--data", str(data), "--sets", "nothing"]) == 1
    assert main(["--data", str(data), "--limit", "0"]) == 1


def test_times_of_a_large_photo(data, only, monkeypatch) -> None:
    monkeypatch.setattr(times, "PIXELS", 40_000)
    selector = Fixed(TRUTH, TRUTH)
    glanced: list[Prompts] = []
    selector.glance = lambda prepared, prompts: glanced.append(prompts)
    only({"network": selector})
    lines = times.measure(objects.places(data, "voc")[0], ways.ways()[0], repeats=2)
    assert [line.bar for line in lines] == [1.0, 0.12, 0.05, 0.5]
    assert (
        len(glanced) == 2
        and all(0 <= line.median <= line.slowest for line in lines)
        and "network" in times.report(lines)
    )


def test_undo_that_leaves_a_trace_is_seen(data, only, capsys) -> None:
    class Remembers(Fixed):
        def select(self, prepared, prompts):
            self.seen.append(prompts)
            return [self._proposal(rectangle(0, 1 + len(self.seen) % 70, 0, 9))]

    place = objects.places(data, "voc")[0]
    steady = Way("a", "A", Fixed(rectangle(0, 9, 0, 9)), False, "1")
    assert undo.differing(place, steady) == (20, 0)
    counts = [len(prompts.points) for prompts in steady.selector.seen]
    assert counts[:9] == [1, 1, 2, 1, 2, 3, 2, 1, 3] and counts[-1] == 20
    clicks, changed = undo.differing(place, Way("b", "B", Remembers(TRUTH), False, "1"))
    assert clicks == 20 and changed > 0
    only({"network": Fixed(rectangle(0, 9, 0, 9))})
    assert main(["--data", str(data), "--undo", "--sets", "voc", "--selectors", "network"]) == 0
    assert "network: 0 pixels differ, 2 objects, 40 clicks" in capsys.readouterr().out
