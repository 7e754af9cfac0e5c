"""Groups and adjustments in projects, and the groups of other programs."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.document import Adjustment, Backdrop, Document, Group, Photo, Picture, State, Tree
from inpaint_studio.document.properties import changed
from inpaint_studio.files.project import open_project, save_project


@pytest.fixture
def grouped() -> Document:
    """A backdrop with an adjustment, a group that holds a group, and an adjustment in that."""
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (20, 30, 3)).astype(np.uint8)
    mask = Mask(4, 3, np.full((9, 11), 255, np.uint8))
    low, high = (
        Picture("Low", pixels[::-1].copy(), mask, id="low"),
        Picture("High", pixels[:8, :9].copy(), id="high"),
    )
    inner = Group("Inner", (high, Adjustment("Gain", "exposure", {"stops": 1.5}, id="gain")), id="inner")
    outer = Group("Outer", (low, inner), id="outer", opacity=0.5, isolated=True, tag="blue", blend="multiply")
    top = Adjustment("Warm", "hue_saturation", {"hue": -20.0}, id="warm", opacity=0.25, visible=False)
    ground = Adjustment("Ground", "exposure", id="ground")
    roots = (Backdrop("Backdrop", pixels, id="base"), ground, outer, top)
    return Document(Photo(pixels), State((0, 0, 30, 20), Tree(roots)))


def saved(document: Document, path) -> tuple[Document, list[str]]:
    save_project(document.snapshot(), document.photo, path)
    return open_project(path)


def same(a: Tree, b: Tree) -> bool:
    pairs = zip(a.nodes, b.nodes, strict=True)
    return all(x.id == y.id and type(x) is type(y) for x, y in pairs)


def test_a_project_keeps_its_tree(grouped, tmp_path):
    opened, notices = saved(grouped, tmp_path / "a.ora")
    assert notices == []
    assert same(opened.tree, grouped.tree)
    outer = opened.node("outer")
    assert (outer.opacity, outer.isolated, outer.tag, outer.blend) == (0.5, True, "blue", "multiply")
    assert [[g.id for g in opened.tree.groups_of(x.id)] for x in opened.tree.nodes] == [
        [g.id for g in grouped.tree.groups_of(x.id)] for x in grouped.tree.nodes
    ]
    for node in grouped.tree.nodes:
        if isinstance(node, Adjustment):
            assert not changed(node, opened.node(node.id))


def test_only_files_with_groups_or_adjustments_need_a_newer_program(grouped, tmp_path):
    plain = Document(grouped.photo, grouped.state.with_tree(Tree(grouped.tree.roots[:1])))
    for document, version in ((plain, 1), (grouped, 2)):
        save_project(document.snapshot(), document.photo, tmp_path / "a.ora")
        with zipfile.ZipFile(tmp_path / "a.ora") as archive:
            assert json.loads(archive.read("inpaint-studio/document.json"))["version"] == version


def test_other_programs_see_the_groups(grouped, tmp_path):
    save_project(grouped.snapshot(), grouped.photo, tmp_path / "a.ora")
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        xml = archive.read("stack.xml").decode()
    assert '<stack name="Outer" isolation="isolate" opacity="0.5"' in xml
    assert '<stack name="Inner" isolation="auto" opacity="1.0"' in xml
    assert xml.count("<layer") == 3 and "Gain" not in xml


def rewritten(path, change):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_what_another_program_did_to_a_group_is_taken_over(grouped, tmp_path):
    save_project(grouped.snapshot(), grouped.photo, tmp_path / "a.ora")

    def change(members):
        xml = members["stack.xml"].decode()
        xml = xml.replace('name="Outer" isolation="isolate" opacity="0.5"', 'name="Außen" opacity="0.75"')
        members["stack.xml"] = xml.encode()

    opened, notices = open_project(rewritten(tmp_path / "a.ora", change))
    outer = opened.node("outer")
    assert (outer.name, outer.opacity, outer.isolated, outer.tag) == ("Außen", 0.75, False, "blue")
    assert same(opened.tree, grouped.tree) and notices == []


def test_an_adjustment_stays_where_its_neighbours_are_gone(grouped, tmp_path):
    save_project(grouped.snapshot(), grouped.photo, tmp_path / "a.ora")

    def change(members):
        xml = members["stack.xml"].decode()
        start, end = xml.index("<stack name="), xml.rindex("</stack>")
        rest = xml[xml.index("<layer", xml.index("Low") + 4) : end]
        members["stack.xml"] = (xml[:start] + rest + "</stack></image>").encode()

    opened, notices = open_project(rewritten(tmp_path / "a.ora", change))
    assert len(opened.layers) == 1 and len(notices) == 2
    assert {"ground", "warm", "gain"} == {x.id for x in opened.tree.nodes if isinstance(x, Adjustment)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"stops": 1.5', '"stops": "much"'),
        ('"values": {"stops"', '"values": [], "rest": {"stops"'),
        ('"id": "inner"', '"id": "outer"'),
        ('"kind": "group"', '"kind": "cutout"'),
        ('"drawn": [', '"drawn": [5, '),
        ('"isolated": true', '"isolated": 1'),
    ],
)
def test_damaged_records_are_refused(grouped, tmp_path, old, new):
    save_project(grouped.snapshot(), grouped.photo, tmp_path / "a.ora")

    def change(members):
        text = members["inpaint-studio/document.json"].decode()
        assert old in text
        members["inpaint-studio/document.json"] = text.replace(old, new).encode()

    with pytest.raises(StudioError, match=r"a\.ora"):
        open_project(rewritten(tmp_path / "a.ora", change))


def test_a_copy_of_the_tree_with_nothing_changed_is_the_same(grouped):
    assert grouped.tree.mapped(lambda node: node) is grouped.tree
    assert replace(grouped.state).tree is grouped.tree


def test_groups_that_hold_the_same_layers_are_told_apart(grouped, tmp_path):
    alone = Group("Alone", (Group("Within", grouped.tree.layers[1:2], id="within"),), id="alone")
    empty = Group("Empty", id="empty"), Group("Empty too", id="empty too", tag="red")
    document = Document(grouped.photo, grouped.state.with_tree(Tree((grouped.tree.roots[0], alone, *empty))))
    opened, notices = saved(document, tmp_path / "a.ora")
    assert same(opened.tree, document.tree) and notices == []
    assert opened.node("empty too").tag == "red"
