"""Messages: their English, their ids, and that the table holds what is used and nothing else."""

from __future__ import annotations

import ast
import pickle
import string
from pathlib import Path

import pytest

from inpaint_studio.basics import Message, StudioError, message
from inpaint_studio.basics.texts import TEXTS

PACKAGE = Path(__file__).resolve().parents[2] / "inpaint_studio"


def test_a_message_is_its_english_and_knows_what_it_is():
    made = Message("step.name", "Rename {name!l} to {new!l}", {"name": "Car", "new": "BMW"})
    assert made == "Rename car to BMW"
    assert (made.id, made.arguments) == ("step.name", {"name": "Car", "new": "BMW"})


@pytest.mark.parametrize(
    ("name", "inside"), [("Car copy", "car copy"), ("BMW", "BMW"), ("3 cars", "3 cars"), ("", ""), ("É", "É")]
)
def test_a_name_inside_a_sentence(name, inside):
    assert message("step.delete", name=name) == f"Delete {inside}"


def test_a_name_may_hold_braces():
    assert message("layer.locked", name="{x}").startswith("“{x}” is locked")


def test_what_is_missing_is_an_error():
    with pytest.raises(KeyError):
        message("fill.number_unknown", number=3)
    with pytest.raises(KeyError):
        message("step.dance")


def test_an_error_keeps_its_message_on_the_way_from_another_process():
    error = pickle.loads(pickle.dumps(StudioError(message("layer.locked", name="{a}"))))
    told = error.args[0]
    assert isinstance(told, Message) and str(error) == str(told) == message("layer.locked", name="{a}")
    assert (told.id, told.arguments) == ("layer.locked", {"name": "{a}"})


def _calls() -> list[tuple[str, str, set[str]]]:
    """File, id and names of arguments of every `message("id", …)` in the package."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "message":
                names = {k.arg or "" for k in node.keywords}
                ids = [n.value for n in ast.walk(node.args[0]) if isinstance(getattr(n, "value", None), str)]
                found += [
                    (str(path.relative_to(PACKAGE)), id, names) for id in ids if id in TEXTS or "." in id
                ]
    return found


def test_every_message_has_its_text_and_arguments():
    calls = _calls()
    assert len(calls) > 30
    for path, id, names in calls:
        fields = {field for _, field, _, _ in string.Formatter().parse(TEXTS[id]) if field}
        assert fields == names, f"{path}: {id}"


def test_every_text_is_used():
    constants = {
        node.value
        for path in PACKAGE.rglob("*.py")
        if path.name != "texts.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(TEXTS) <= constants


def test_errors_and_titles_of_jobs_are_messages():
    plain = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            told = node.args[0] if name in ("StudioError", "submit", "tell", "fail") else None
            if isinstance(told, ast.JoinedStr) or (
                isinstance(told, ast.Constant) and isinstance(told.value, str)
            ):
                plain.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert not plain, "give it an id: message(…)"
