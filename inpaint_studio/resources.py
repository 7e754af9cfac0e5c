"""Where the files that come with the program lie: models, icons, themes, samples."""

from functools import cache
from pathlib import Path

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError


def resource(*parts: str) -> Path:
    """The path of a file or folder that comes with the program, whether or not it exists.

    `resource("icons", "move.svg")`. The same call works from a source checkout, an installed package and
    a frozen program. Raises StudioError when the whole resources folder is missing.
    """
    return _root().joinpath(*parts)


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    # The packaged folder first: a folder named resources beside an installed package is someone else's.
    for folder in (package / "_resources", package.parent / "resources"):
        if (folder / "themes").is_dir():
            return folder
    raise StudioError(message("resources.missing"))
