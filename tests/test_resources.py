from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inpaint_studio import resources
from inpaint_studio.basics.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def forget_root() -> Iterator[None]:
    resources._root.cache_clear()
    yield
    resources._root.cache_clear()


def pretend_package_at(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(resources, "__file__", str(folder / "resources.py"))


def test_this_checkout_has_what_the_editor_needs() -> None:
    assert resources.resource("themes", "tokens.json").is_file()
    assert resources.resource("icons", "move.svg").is_file()
    assert len(list(resources.resource("samples").glob("*.jpg"))) >= 3


def test_source_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resources" / "themes").mkdir(parents=True)
    pretend_package_at(monkeypatch, tmp_path / "inpaint_studio")
    assert resources.resource("icons", "a.svg") == tmp_path.resolve() / "resources" / "icons" / "a.svg"


def test_packaged_folder_wins_over_a_strangers_resources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resources" / "themes").mkdir(parents=True)
    packaged = tmp_path / "inpaint_studio" / "_resources"
    (packaged / "themes").mkdir(parents=True)
    pretend_package_at(monkeypatch, tmp_path / "inpaint_studio")
    assert resources.resource() == packaged.resolve()


def test_missing_folder_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_package_at(monkeypatch, tmp_path / "inpaint_studio")
    with pytest.raises(StudioError, match="Install Inpaint Studio again"):
        resources.resource("icons")
