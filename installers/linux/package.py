"""Linux packages: .deb, .tar.gz and a self-extracting archive."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
from pathlib import Path

from installers.product import APP, DIST, HERE, NAME, ROOT, files, folder, run, version

MAINTAINER = "Inpaint Studio contributors <inpaint-studio@localhost>"
LIBRARIES = (
    "libc6 (>= 2.28)", "libegl1", "libgl1", "libxkbcommon0", "libxkbcommon-x11-0", "libdbus-1-3",
    "libfontconfig1", "libfreetype6", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0",
    "libxcb-keysyms1", "libxcb-render-util0", "libxcb-shape0", "libxcb-xinerama0", "libxcb-randr0",
    "libxcb-xkb1", "libx11-xcb1", "libglib2.0-0",
)  # fmt: skip
DESCRIPTION = """take a photo apart into movable layers
 Open a photo; its objects are found, or you select them. A lifted object becomes a layer that can be moved,
 scaled, turned, duplicated or deleted, and what was behind it is filled in. Everything runs on this computer,
 without a GPU and without a network.
"""


def architecture() -> str:
    """Debian's name of the machine that the folder was built on."""
    known = {"x86_64": "amd64", "aarch64": "arm64"}
    return known.get(os.uname().machine, os.uname().machine)


def stage(base: Path) -> None:
    """Lays the program out below `base` as it lies on a system."""
    shutil.copytree(folder(), base / "opt" / NAME, symlinks=True)
    (base / "usr/bin").mkdir(parents=True)
    (base / "usr/bin" / NAME).symlink_to(f"/opt/{NAME}/{NAME}")
    share = base / "usr/share"
    places = {
        HERE / "linux" / f"{NAME}.desktop": share / "applications" / f"{NAME}.desktop",
        HERE / "linux/org.inpaintstudio.editor.metainfo.xml":
            share / "metainfo/org.inpaintstudio.editor.metainfo.xml",
        APP / f"{NAME}.svg": share / f"icons/hicolor/scalable/apps/{NAME}.svg",
        ROOT / "LICENSE": share / "doc" / NAME / "copyright",
    }  # fmt: skip
    for icon in APP.glob("[0-9]*.png"):
        places[icon] = share / f"icons/hicolor/{icon.stem}x{icon.stem}/apps/{NAME}.png"
    for source, target in places.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for source, target in (
        (HERE / "linux" / f"{NAME}.1", share / f"man/man1/{NAME}.1.gz"),
        (ROOT / "CHANGELOG.md", share / "doc" / NAME / "changelog.gz"),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        # No name and no time in it, so that the same version gives the same file.
        target.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))


def control(base: Path) -> str:
    size = sum(path.stat().st_size for path in files(base) if not path.is_symlink())
    return (
        f"Package: {NAME}\nVersion: {version()}\nArchitecture: {architecture()}\nMaintainer: {MAINTAINER}\n"
        f"Installed-Size: {size // 1024}\nDepends: {', '.join(LIBRARIES)}\n"
        "Recommends: fonts-dejavu-core | fonts-noto-core\nSection: graphics\nPriority: optional\n"
        f"Description: {DESCRIPTION}"
    )


def deb() -> Path:
    """dist/inpaint-studio_VERSION_ARCHITECTURE.deb."""
    base = DIST / "deb"
    shutil.rmtree(base, ignore_errors=True)
    stage(base)
    sums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(base)}\n"
        for path in files(base)
        if not path.is_symlink()
    )
    meta = base / "DEBIAN"
    text = control(base)
    meta.mkdir(mode=0o755)
    (meta / "control").write_text(text, "utf-8")
    (meta / "md5sums").write_text(sums, "utf-8")
    for path in base.rglob("*"):
        if not path.is_symlink():
            runs = path.is_dir() or path == base / "opt" / NAME / NAME
            path.chmod(0o755 if runs else 0o644)
    out = DIST / f"{NAME}_{version()}_{architecture()}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", base, out)
    shutil.rmtree(base)
    return out


def tarball() -> Path:
    """dist/inpaint-studio-VERSION-linux-MACHINE.tar.gz: the folder, the icon and the desktop entry."""
    name = f"{NAME}-{version()}"
    out = DIST / f"{name}-linux-{os.uname().machine}.tar.gz"

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member

    with tarfile.open(out, "w:gz", compresslevel=6) as archive:
        archive.add(folder(), name, filter=plain)
        archive.add(ROOT / "LICENSE", f"{name}/LICENSE", filter=plain)
        archive.add(APP / f"{NAME}.svg", f"{name}/share/{NAME}.svg", filter=plain)
        archive.add(HERE / "linux" / f"{NAME}.desktop", f"{name}/share/{NAME}.desktop", filter=plain)
        metainfo = "org.inpaintstudio.editor.metainfo.xml"
        archive.add(HERE / "linux" / metainfo, f"{name}/share/{metainfo}", filter=plain)
        archive.add(HERE / "linux/install.sh", f"{name}/install.sh", filter=plain)
    return out


def self_extracting(archive: Path) -> Path:
    """dist/….run: a shell script with the tarball behind it, which unpacks and installs it for one user."""
    out = archive.with_name(archive.name.replace(".tar.gz", ".run"))
    head = (HERE / "linux/self-extract.sh").read_bytes()
    with out.open("wb") as file:
        file.write(head)
        file.write(archive.read_bytes())
    out.chmod(0o755)
    return out


def build() -> list[Path]:
    """All packages of this system."""
    archive = tarball()
    made = [archive, self_extracting(archive)]
    if shutil.which("dpkg-deb"):
        made.append(deb())
    return made
