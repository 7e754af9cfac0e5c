"""Windows packages: a per-user installer and a portable zip. Not yet run there; see docs/packaging.md."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from installers.product import DIST, HERE, NAME, ROOT, files, folder, run, version


def installer() -> Path:
    """dist/…-setup.exe out of a built folder, by NSIS, on any system that has it."""
    out = DIST / f"{NAME}-{version()}-windows-x64-setup.exe"
    defines = {"VERSION": version(), "FOLDER": str(folder()), "OUTPUT": str(out)}
    given = (f"-D{key}={value}" for key, value in defines.items())
    run("makensis", "-V2", "-WX", *given, "installer.nsi", cwd=HERE / "windows")
    return out


def portable() -> Path:
    """dist/…-portable.zip: unpack anywhere and start."""
    out = DIST / f"{NAME}-{version()}-windows-x64-portable.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in files(folder()):
            archive.write(path, Path(f"{NAME}-{version()}") / path.relative_to(folder()))
        archive.write(ROOT / "LICENSE", f"{NAME}-{version()}/LICENSE.txt")
    return out


def build() -> list[Path]:
    """All packages of this system; the zip alone where NSIS is missing."""
    made = [portable()]
    if shutil.which("makensis"):
        made.append(installer())
    return made
