"""The networks from the command line, with a server on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from added import saliency, write
from offered import card_of
from offered import offered as offered
from offered import packaged as packaged
from offered import server as server
from program import Program

from inpaint_studio.engines.networks.places import folder_of
from inpaint_studio.files.download import Patience


def test_models_list_and_verify(program: Program, packaged: Path) -> None:
    (packaged / "small.json").write_text(json.dumps(card_of(b"hello")))
    assert program("models", "verify") == 1
    assert "missing" in program.err
    (packaged / "small.onnx").write_bytes(b"hello")
    assert program("models", "list", "--json") == 0
    assert json.loads(program.out)["models"][0]["state"] == "installed"
    assert program("models", "verify", "small") == 0
    assert "verified" in program.out
    (packaged / "small.onnx").write_bytes(b"jello")
    assert program("models", "verify") == 1
    assert "damaged" in program.err
    assert "small" in program.fails("models", "list", "large")


def test_own_networks_are_fetched_used_first_and_removed(
    program: Program, packaged: Path, server: str, own_home: Path
) -> None:
    (packaged / "small.json").write_text(json.dumps(card_of(b"old")))
    (packaged / "small.onnx").write_bytes(b"old")
    assert folder_of("small") == packaged
    Path("small.json").write_text(json.dumps(card_of(b"hello", url=f"{server}/small")))
    assert program("models", "get", "small.json", "--json") == 0
    kept = Path(json.loads(program.out)["output"])
    assert kept.read_bytes() == b"hello"
    assert own_home in kept.parents
    assert program("models", "verify") == 0
    assert folder_of("small") == kept.parent
    assert program("models", "remove", "small") == 0
    assert list(kept.parent.iterdir()) == []
    assert folder_of("small") == packaged
    assert "stay" in program.fails("models", "remove", "small")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Downloads that do not wait long before they try again."""
    monkeypatch.setattr("inpaint_studio.files.download.PATIENCE", Patience(5.0, 2, 0.01))


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (card_of(b"hell!", url="SERVER/small"), "not the published file"),
        (card_of(b"hello again", url="SERVER/small"), "could not be reached"),
        (card_of(b"hell", url="SERVER/small"), "more than was published"),
        (card_of(b"hello", url="SERVER/gone"), "404"),
        (card_of(b"hello", url="http://127.0.0.1:1/small"), "could not be reached"),
        (card_of(b"hello", url="http://example.org/small"), "https"),
        (card_of(b"hello", url="file:///etc/hostname"), "https"),
        (card_of(b"hello"), "https"),
        (card_of(b"hello", url="SERVER/small", file="../small.onnx"), "damaged"),
        (card_of(b"hello", url="SERVER/small", file="large.onnx"), "does not fit"),
        (card_of(b"hello", url="SERVER/small") | {"id": "other"}, "does not fit"),
        ({"id": "small"}, "damaged"),
    ],
)
def test_what_must_not_be_fetched_is_not_kept(
    program: Program,
    packaged: Path,
    server: str,
    own_home: Path,
    card: dict,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inpaint_studio.files.download.PATIENCE", Patience(5.0, 2, 0.01))
    Path("small.json").write_text(json.dumps(card).replace("SERVER", server))
    assert words in program.fails("models", "get", "small.json")
    # What came before a connection broke may stay to be gone on from; it is neither a card nor weights.
    kept = [p for p in own_home.rglob("*") if "models" in p.parent.name]
    assert all(p.name == "small.onnx.part" for p in kept)


def test_models_need_names_to_change(program: Program, packaged: Path) -> None:
    assert "card" in program.fails("models", "get")
    assert "no card" in program.fails("models", "get", "gone.json")
    assert "Name the network" in program.fails("models", "remove")


def test_the_device_is_told_and_chosen(program: Program, own_home: Path) -> None:
    assert program("models", "device", "--json") == 0
    told = json.loads(program.out)
    assert told["device"] == "auto" and {"auto", "cpu"} <= set(told["devices"])
    assert program("models", "device", "cpu") == 0 and program.out.startswith("cpu (of auto")
    assert program("models", "device", "--json") == 0 and json.loads(program.out)["device"] == "cpu"
    assert "choose one of: auto" in program.fails("models", "device", "abacus")
    assert "one device" in program.fails("models", "device", "cpu", "cuda")


def test_networks_of_others_are_listed_fetched_after_their_terms_and_removed(
    program: Program, packaged: Path, offered: None, own_home: Path
) -> None:
    assert program("models", "list", "--json") == 0
    (offer,) = json.loads(program.out)["offers"]
    assert (offer["id"], offer["licence"], offer["installed"]) == ("small", "Apache-2.0", False)
    told = program.fails("models", "get", "small")
    assert "Small" in told and "Apache-2.0" in told and "--yes" in told
    assert program("models", "get", "small", "--yes", "--json") == 0
    assert Path(json.loads(program.out)["output"]).read_bytes() == b"hello"
    assert program("models", "verify", "small") == 0
    assert program("models", "list", "--json") == 0
    assert json.loads(program.out)["offers"] == []
    assert program("models", "remove", "small") == 0
    assert "no network “large”" in program.fails("models", "get", "large")


def test_a_file_is_added_from_the_disk(program: Program, own_home: Path) -> None:
    write(Path("mine.onnx"), saliency())
    assert "birefnet, is-net" in program.fails("models", "add", "mine.onnx")
    assert program("models", "add", "mine.onnx", "--as", "is-net") == 0
    assert program.out == "is-net: added\n"
    assert program("objects", "photo.png", "--finder", "is-net", "--json") == 0
    assert program("models", "remove", "is-net") == 0
    assert "not an ONNX file" in program.fails("models", "add", "photo.png")
