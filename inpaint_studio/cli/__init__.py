"""The command line: the studio's verbs from a terminal."""

from inpaint_studio.cli.main import main

__all__ = ["main"]
