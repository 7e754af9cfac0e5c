"""What Help > Copy diagnostics gives."""

from pathlib import Path

from inpaint_studio import __version__
from inpaint_studio.studio.diagnostics import diagnostics


def test_versions_and_networks_are_in_it_and_nothing_of_the_user() -> None:
    text = diagnostics()
    assert text.startswith(f"Inpaint Studio {__version__}\n")
    for part in ("onnxruntime ", "Network scene: ", "Networks run on: ", "cpu", " cores"):
        assert part in text
    assert str(Path.home()) not in text
