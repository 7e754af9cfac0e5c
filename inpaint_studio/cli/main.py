"""From words to exit code."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inpaint_studio.basics import Cancelled, StudioError, message
from inpaint_studio.cli import commands
from inpaint_studio.cli.parser import COMMANDS, make_parser
from inpaint_studio.cli.terminal import TerminalProgress, complain, forgive_encodings
from inpaint_studio.log import log_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

log = logging.getLogger(__name__)


def main(
    arguments: list[str] | None = None,
    *,
    editor: Callable[[list[Path]], int],
    self_test: Callable[[bool, bool], int],
) -> int:
    """Does what the words of the command line say; returns 0 done, 1 could not be done, 2 wrong usage.

    `editor` opens files in the window; `self_test` takes (window, as JSON).
    """
    forgive_encodings()
    words = sys.argv[1:] if arguments is None else arguments
    progress = TerminalProgress()
    try:
        if not words or (words[0] not in COMMANDS and not words[0].startswith("-")):
            return editor(_files(words))
        chosen = make_parser().parse_args(words)
        if chosen.command == "selftest":
            return self_test(chosen.window, chosen.json)
        return _run(chosen, progress)
    except SystemExit as end:
        # argparse has said what is wrong, or printed its help.
        return end.code if isinstance(end.code, int) else 2
    except StudioError as error:
        return _failed(progress, str(error))
    except (KeyboardInterrupt, Cancelled):
        return _failed(progress, message("cli.stopped"))
    except MemoryError:
        return _failed(progress, message("cli.no_memory"))
    except Exception as error:
        log.exception("Command failed")
        why = str(error) or type(error).__name__
        return _failed(progress, message("cli.went_wrong", why=why, log=log_path()))


def _failed(progress: TerminalProgress, text: str) -> int:
    progress.clear()
    complain(text)
    return 1


def _run(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    try:
        return commands.TABLE[chosen.command](chosen, progress)
    finally:
        progress.clear()


def _files(words: list[str]) -> list[Path]:
    """The files to open; a single bare word is more likely a mistyped command."""
    files = [Path(word) for word in words]
    for file in files:
        if file.exists():
            continue
        if len(words) == 1 and not file.suffix and file.name == words[0]:
            make_parser().error(f"there is no command or file “{words[0]}”")
        raise StudioError(message("file.not_there", path=file))
    return [file.absolute() for file in files]
