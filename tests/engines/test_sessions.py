"""Running networks: what is opened and kept, checks of the file, devices, lack of memory, threads."""

import json
import subprocess
import sys
import threading

import numpy as np
import pytest
from networks import Double, write_double, write_enhancer

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks import devices, places, runtime, sessions
from inpaint_studio.engines.networks.card import read_card
from inpaint_studio.engines.networks.sessions import Pool, Session

PHOTO = np.random.default_rng(0).random((1, 3, 16, 24)).astype(np.float32)


@pytest.fixture
def session(tmp_path):
    write_enhancer(tmp_path, by=51)
    return Session(read_card("enhance", tmp_path), "restore", tmp_path)


@pytest.fixture
def homes(tmp_path, monkeypatch):
    """The user's own folders, empty; nothing chosen."""
    monkeypatch.setattr(devices, "own_folder", lambda: tmp_path / "own" / "models")
    monkeypatch.setattr(devices, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv(devices.VARIABLE, raising=False)
    return tmp_path


class Opened:
    """Takes the place of `runtime.open_graph`: a function for each device; notes what was opened."""

    def __init__(self, **functions):
        self.functions, self.opened = functions, []

    def __call__(self, data, device):
        self.opened.append(device)
        return Double(lambda photo: {"restored": self.functions[device](photo)}, ["photo"], ["restored"])


def fails(words):
    def run(photo):
        raise RuntimeError(words)

    return run


def double(folder, monkeypatch, **functions):
    """A session on made-up devices, the first of them chosen."""
    opened = Opened(**functions)
    monkeypatch.setattr(runtime, "open_graph", opened)
    monkeypatch.setattr(runtime, "devices", lambda: tuple(functions))
    monkeypatch.setenv(devices.VARIABLE, next(iter(functions)))
    write_double(folder)
    return Session(read_card("enhance", folder), "restore", folder), opened


def test_a_graph_is_opened_once_and_runs(session):
    assert session.device == ""
    made = session.run({"photo": PHOTO})
    assert made["restored"] == pytest.approx(np.minimum(PHOTO + 0.2, 1), abs=1e-6)
    assert made["restored"].dtype == np.float32
    assert session.device == "cpu"


@pytest.mark.parametrize("harm", [lambda d: d[:-1], lambda d: d[:-1] + bytes([d[-1] ^ 1]), lambda d: b""])
def test_a_damaged_file_is_told_and_mended_without_a_restart(session, tmp_path, harm):
    path = tmp_path / "enhance.onnx"
    whole = path.read_bytes()
    path.write_bytes(harm(whole))
    with pytest.raises(StudioError, match=r"“enhance” is damaged: enhance\.onnx"):
        session.run({"photo": PHOTO})
    path.unlink()
    with pytest.raises(StudioError, match="can't be read"):
        session.run({"photo": PHOTO})
    path.write_bytes(whole)
    session.run({"photo": PHOTO})


def test_junk_that_its_card_vouches_for_is_told(tmp_path, capfd):
    write_double(tmp_path)
    with pytest.raises(StudioError, match="no known format"):
        Session(read_card("enhance", tmp_path), "restore", tmp_path).open()
    assert capfd.readouterr() == ("", ""), "what the library has to say goes to the log"


@pytest.mark.parametrize("change", [{"inputs": ["picture"]}, {"outputs": ["restored", "more"]}])
def test_a_graph_that_does_not_fit_its_card_is_told(tmp_path, change):
    write_enhancer(tmp_path)
    path = tmp_path / "enhance.json"
    card = json.loads(path.read_text("utf-8"))
    card["graphs"]["restore"] |= change
    path.write_text(json.dumps(card))
    with pytest.raises(StudioError, match="does not fit its card"):
        Session(read_card("enhance", tmp_path), "restore", tmp_path).open()


def test_a_graph_that_the_card_does_not_have_is_told(session):
    with pytest.raises(StudioError, match="does not fit this version"):
        Session(session.card, "see").open()


def test_wrong_inputs_are_told(session):
    with pytest.raises(StudioError, match="does not fit this version"):
        session.run({"photo": PHOTO[0]})


def test_where_a_device_lacks_memory_the_cpu_goes_on(tmp_path, monkeypatch):
    made, opened = double(
        tmp_path, monkeypatch, cuda=fails("CUDA failure 2: out of memory"), cpu=lambda photo: photo
    )
    assert np.array_equal(made.run({"photo": PHOTO})["restored"], PHOTO)
    assert made.device == "cpu"
    made.run({"photo": PHOTO})
    assert opened.opened == ["cuda", "cpu"], "and stays there"


def test_less_is_tried_before_the_cpu_and_then_one_sentence_is_told(tmp_path, monkeypatch):
    tried = []

    def work(size):
        tried.append((made.device, size))
        made.attempt({"photo": PHOTO})

    full = fails("Failed to allocate memory for requested buffer")
    made, _ = double(tmp_path, monkeypatch, directml=full, cpu=full)
    made.open()
    with pytest.raises(StudioError, match="not enough memory for the network “enhance”"):
        made.with_less(work, (8, 4))
    assert tried == [("directml", 8), ("directml", 4), ("cpu", 8), ("cpu", 4)]


def test_a_device_that_has_no_room_for_the_graph_itself(tmp_path, monkeypatch):
    made, opened = double(tmp_path, monkeypatch, cuda=lambda photo: photo, cpu=lambda photo: photo)

    def open_graph(data, device):
        if device == "cuda":
            raise RuntimeError("CUDA out of memory")
        return opened(data, device)

    monkeypatch.setattr(runtime, "open_graph", open_graph)
    assert np.array_equal(made.run({"photo": PHOTO})["restored"], PHOTO)
    monkeypatch.setattr(runtime, "open_graph", lambda data, device: fails("bad allocation")(data))
    other = Session(made.card, "restore", tmp_path)
    with pytest.raises(StudioError, match="not enough memory"):
        other.run({"photo": PHOTO})


def test_several_threads_open_a_graph_once(tmp_path, monkeypatch):
    made, opened = double(tmp_path, monkeypatch, cpu=lambda photo: photo)
    threads = [threading.Thread(target=made.run, args=({"photo": PHOTO},)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened.opened == ["cpu"]


def test_the_least_recently_used_are_given_up(tmp_path):
    cards = []
    for name, megabytes in (("a", 40), ("b", 40), ("c", 40), ("huge", 900)):
        write_enhancer(tmp_path, by=len(cards), name=name, memory_mb=megabytes)
        cards.append(read_card(name, tmp_path))
    pool = Pool(budget_mb=100)
    first, second = (pool.session(card, "restore", tmp_path) for card in cards[:2])
    assert pool.session(cards[0], "restore", tmp_path) is first
    pool.session(cards[2], "restore", tmp_path)
    assert len(pool) == 2
    assert pool.session(cards[0], "restore", tmp_path) is first, "used since"
    assert pool.session(cards[1], "restore", tmp_path) is not second
    pool.session(cards[3], "restore", tmp_path)
    assert len(pool) == 1, "the one in use is kept, however large"
    first.run({"photo": PHOTO})  # who holds it may go on
    pool.clear()
    assert len(pool) == 0


def test_the_programs_pool_keeps_what_is_asked_for_again(tmp_path):
    write_enhancer(tmp_path, by=3)
    card = read_card("enhance", tmp_path)
    made = sessions.session(card, "restore", tmp_path)
    assert sessions.session(card, "restore", tmp_path) is made
    sessions.give_up_all()
    assert sessions.session(card, "restore", tmp_path) is not made


# -- devices ----------------------------------------------------------------------------------------------


def test_the_fastest_device_is_measured_once_and_remembered(homes, monkeypatch):
    opened = Opened(
        cuda=lambda photo: photo, cpu=lambda photo: [photo @ photo.swapaxes(2, 3) for _ in range(300)]
    )
    monkeypatch.setattr(runtime, "open_graph", opened)
    monkeypatch.setattr(runtime, "devices", lambda: ("cuda", "cpu"))
    data = write_double(homes)
    graph = read_card("enhance", homes).graphs["restore"]
    assert devices.device_for(graph, data) == "cuda"
    assert sorted(opened.opened) == ["cpu", "cuda"]
    assert devices.device_for(graph, data) == "cuda"
    assert len(opened.opened) == 2, "not measured again"
    (homes / "cache" / "devices.json").write_text("{")
    assert devices.device_for(graph, data) == "cuda", "and again where that was lost"


def test_a_device_that_fails_is_not_taken(homes, monkeypatch):
    monkeypatch.setattr(
        runtime, "open_graph", Opened(directml=fails("no such thing"), cpu=lambda photo: photo)
    )
    monkeypatch.setattr(runtime, "devices", lambda: ("directml", "cpu"))
    data = write_double(homes)
    assert devices.device_for(read_card("enhance", homes).graphs["restore"], data) == "cpu"


def test_what_the_user_chose_goes_first(homes, monkeypatch):
    monkeypatch.setattr(runtime, "devices", lambda: ("coreml", "cpu"))
    graph = read_card("enhance").graphs["restore"]
    devices.choose("cpu")
    assert devices.chosen() == "cpu" and devices.device_for(graph, b"") == "cpu"
    monkeypatch.setenv(devices.VARIABLE, "coreml")
    assert devices.device_for(graph, b"") == "coreml"
    monkeypatch.setenv(devices.VARIABLE, "cuda")
    assert devices.device_for(graph, b"") == "cpu", "not there any more"
    with pytest.raises(StudioError, match="choose one of: auto, coreml, cpu"):
        devices.choose("abacus")


def test_with_the_cpu_alone_nothing_is_measured(homes, monkeypatch):
    monkeypatch.setattr(runtime, "devices", lambda: ("cpu",))
    assert devices.device_for(read_card("enhance").graphs["restore"], b"no graph") == "cpu"
    assert not (homes / "cache").exists()


@pytest.mark.parametrize("name", ["edges", "enhance", "objects", "scene", "select", "things"])
def test_every_shipped_graph_runs_on_what_devices_are_measured_with(name):
    card = read_card(name)
    for key, graph in card.graphs.items():
        opened = runtime.open_graph((places.folder_of(name) / graph.file).read_bytes(), "cpu")
        made = opened.run(list(graph.outputs), devices.probe_inputs(opened, graph))
        assert all(np.isfinite(values).all() for values in made), key


# -- threads and quiet --------------------------------------------------------------------------------------


def test_cores_are_left_to_the_window(monkeypatch):
    monkeypatch.setattr(runtime, "_kept_free", 0)
    every = runtime.thread_count()
    runtime.keep_free(1)
    assert runtime.thread_count() == max(1, every - 1)
    runtime.keep_free(10**6)
    assert runtime.thread_count() == 1


def test_nothing_of_torch_is_loaded_or_named():
    code = (
        "import sys, numpy as np; from inpaint_studio.studio.find import find_objects;"
        "find_objects(np.zeros((64, 96, 3), np.uint8));"
        "assert not {'torch', 'safetensors', 'onnx'} & set(sys.modules); assert 'onnxruntime' in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "quiet"
    package = places.Path(sessions.__file__).parents[2]
    named = [path for path in package.rglob("*.py") if "import torch" in path.read_text("utf-8")]
    assert not named
