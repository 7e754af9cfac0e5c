"""Windows packages: a per-user installer and a portable zip. Not yet run there; see docs/packaging.md."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

from installers.product import DIST, HERE, NAME, ROOT, PackagingFailed, files, folder, version


def installer(base: Path | None = None) -> Path:
    """dist/…-setup.exe out of a built folder, by NSIS, on any system that has it."""
    if shutil.which("makensis") is None:
        raise PackagingFailed("makensis is missing; install NSIS 3 (Debian: apt-get install nsis).")
    out = DIST / f"{NAME}-{version()}-windows-x64-setup.exe"
    defines = {"VERSION": version(), "FOLDER": str(base or folder()), "OUTPUT": str(out)}
    command = ["makensis", "-V2", "-WX", *(f"-D{key}={value}" for key, value in defines.items())]
    if subprocess.run([*command, "installer.nsi"], cwd=HERE / "windows", check=False).returncode:
        raise PackagingFailed("makensis failed; it says above why.")
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
