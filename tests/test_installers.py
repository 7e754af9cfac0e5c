"""What artists install, made out of a small made-up program folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image

from inpaint_studio import __version__
from installers import notes, product
from installers.linux import package as linux

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages of Linux")


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A built folder whose program says its name."""
    folder = tmp_path / "dist" / "inpaint-studio"
    inside = folder / "_internal"
    (inside / "PySide6").mkdir(parents=True)
    (inside / "PySide6" / "QtCore.so").write_bytes(b"q" * 3000)
    (inside / "libpython.so").write_bytes(b"p" * 1000)
    (inside / "inpaint_studio" / "_resources").mkdir(parents=True)
    (inside / "inpaint_studio" / "_resources" / "a.json").write_bytes(b"{}")
    program = folder / "inpaint-studio"
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    for module in (product, linux):
        monkeypatch.setattr(module, "DIST", tmp_path / "dist")
    monkeypatch.setattr(product, "FOLDER", folder)
    return folder


def test_the_version_is_the_program_s():
    assert product.version() == __version__


def test_sizes_are_told_by_part(built):
    assert product.sizes() == {
        "Qt": 3000,
        "program, Python and system libraries": 1000 + (built / "inpaint-studio").stat().st_size,
        "our resources": 2,
    }


def test_a_missing_folder_is_told(built):
    shutil.rmtree(built)
    with pytest.raises(product.PackagingFailed, match=r"make\.py package"):
        product.sizes()


@LINUX
def test_the_deb_holds_program_menu_icons_and_manual(built, tmp_path):
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is missing here")
    made = linux.deb()
    subprocess.run(["dpkg-deb", "-x", made, tmp_path / "out"], check=True)
    out = tmp_path / "out"
    assert (out / "usr/bin/inpaint-studio").readlink() == Path("/opt/inpaint-studio/inpaint-studio")
    assert os.access(out / "opt/inpaint-studio/inpaint-studio", os.X_OK)
    for name in (
        "applications/inpaint-studio.desktop", "metainfo/org.inpaintstudio.editor.metainfo.xml",
        "icons/hicolor/scalable/apps/inpaint-studio.svg", "icons/hicolor/256x256/apps/inpaint-studio.png",
        "man/man1/inpaint-studio.1.gz", "doc/inpaint-studio/copyright",
    ):  # fmt: skip
        assert (out / "usr/share" / name).is_file(), name
    field = ["dpkg-deb", "-f", made, "Version"]
    assert subprocess.run(field, check=True, capture_output=True, text=True).stdout.strip() == __version__


@LINUX
def test_the_archive_installs_for_one_user_and_removes_itself(built, tmp_path, own_home):
    archive = linux.tarball()
    with tarfile.open(archive) as file:
        assert {m.uid for m in file.getmembers()} == {0}
    packed = linux.self_extracting(archive)
    subprocess.run(["sh", packed], check=True, capture_output=True)
    program = own_home / ".local/bin/inpaint-studio"
    ran = subprocess.run([program], check=True, capture_output=True, text=True)
    assert ran.stdout == "here\n"
    entry = own_home / ".local/share/applications/inpaint-studio.desktop"
    assert f'Exec="{own_home}/.local/share/inpaint-studio/program/inpaint-studio" %F' in entry.read_text()
    installed = own_home / ".local/share/inpaint-studio/program/install.sh"
    subprocess.run(["sh", installed, "--remove"], check=True, capture_output=True)
    assert not program.exists()
    assert not entry.exists()


@LINUX
def test_the_archive_only_unpacks_if_asked_to(built, tmp_path):
    packed = linux.self_extracting(linux.tarball())
    subprocess.run(["sh", packed, "--extract", tmp_path / "there"], check=True, capture_output=True)
    assert (tmp_path / "there/inpaint-studio").is_file()


def test_icons_have_the_sizes_that_they_are_named_for():
    for path in product.APP.glob("[0-9]*.png"):
        with Image.open(path) as icon:
            assert icon.size == (int(path.stem), int(path.stem))
    with Image.open(product.APP / "inpaint-studio.ico") as icon:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= icon.info["sizes"]
    with Image.open(product.APP / "inpaint-studio.icns") as icon:
        assert icon.size == (1024, 1024)


def test_the_store_entry_names_this_version_and_the_desktop_file():
    tree = ElementTree.parse(product.HERE / "linux" / "org.inpaintstudio.editor.metainfo.xml")
    assert tree.find("releases/release").get("version") == __version__
    assert tree.findtext("launchable") == "inpaint-studio.desktop"


def test_notes_of_a_version_are_cut_out_of_the_changelog():
    text = "# Log\n\n## [Unreleased]\n\n- new\n\n## [1.2.0] - 2026-01-01\n\n- a\n- b\n\n## [1.1.0]\n\n- c\n"
    assert notes.notes(text, "1.2.0") == "- a\n- b"
    assert notes.notes(text, "1.1.0") == "- c"
    assert notes.notes(text, "9") == ""
    assert notes.notes(Path(product.ROOT / "CHANGELOG.md").read_text("utf-8"), __version__)
