"""Mac packages: a disk image with the app, signed and notarised where there is a certificate.

Not run on a Mac yet; see docs/packaging.md. `MAC_IDENTITY` names the signing certificate, `MAC_NOTARY` a
keychain profile of `notarytool`; without them the app is signed ad hoc, for the Mac it was built on.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from installers.product import DIST, HERE, NAME, PackagingFailed, run, version

APP = DIST / "Inpaint Studio.app"


def sign(identity: str) -> None:
    """Signs the app with the hardened runtime; "-" signs ad hoc."""
    stamp = "--timestamp=none" if identity == "-" else "--timestamp"
    run("codesign", "--force", "--deep", stamp, "--options", "runtime", "--entitlements",
        HERE / "mac/entitlements.plist", "--sign", identity, APP)  # fmt: skip


def notarise(image: Path, profile: str) -> None:
    """Has Apple check the disk image, waits for the answer and staples it on."""
    run("xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait")
    run("xcrun", "stapler", "staple", image)


def disk_image() -> Path:
    """dist/…dmg with the app and a link to Applications."""
    out = DIST / f"{NAME}-{version()}-mac-{platform.machine()}.dmg"
    stage = DIST / "dmg"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    shutil.copytree(APP, stage / APP.name, symlinks=True)
    (stage / "Applications").symlink_to("/Applications")
    out.unlink(missing_ok=True)
    run("hdiutil", "create", "-volname", "Inpaint Studio", "-srcfolder", stage, "-format", "UDZO", out)
    shutil.rmtree(stage)
    return out


def build() -> list[Path]:
    """All packages of this system."""
    if not APP.is_dir():
        raise PackagingFailed(f"{APP} is missing; run: python3 make.py package")
    sign(os.environ.get("MAC_IDENTITY", "-"))
    image = disk_image()
    if profile := os.environ.get("MAC_NOTARY"):
        notarise(image, profile)
    return [image]
