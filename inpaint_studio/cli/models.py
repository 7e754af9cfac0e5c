"""`inpaint-studio models`: the networks that are here, and those that can be added."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from inpaint_studio.basics import StudioError, message
from inpaint_studio.cli.terminal import TerminalProgress, say, say_json, table, tell
from inpaint_studio.studio import models as networks

_TEXT = """\
The networks that come with the program, those of others that can be added, and your own. get NAME fetches
one of the catalogue, get CARD.json what a card describes; add FILE.onnx takes one from the disk. Nothing is
fetched unless you ask for it."""
ACTIONS = ("list", "verify", "get", "add", "remove", "device")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to those of the command line."""
    sub = commands.add_parser("models", description=_TEXT, allow_abbrev=False)
    sub.add_argument("action", choices=ACTIONS)
    sub.add_argument(
        "names", nargs="*", metavar="NAME",
        help="networks; for get also cards, for add the files of one network; for device: its name",
    )  # fmt: skip
    sub.add_argument("--as", dest="known_as", default="", metavar="NAME", help="for add: which network it is")
    sub.add_argument("--yes", action="store_true", help="for get: the terms are accepted")
    sub.add_argument("--json", action="store_true", help="print the result as JSON")


def models(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    """Runs the command."""
    if chosen.action == "device":
        return _device(chosen)
    if chosen.action in ("list", "verify"):
        return _list(chosen)
    if not chosen.names:
        wanted = {"get": "network, or card (NAME.json)", "add": "file (NAME.onnx)"}.get(
            chosen.action, "network"
        )
        raise StudioError(message("models.name_one", wanted=wanted, action=chosen.action))
    if chosen.action == "add":
        name = networks.add([Path(file) for file in chosen.names], chosen.known_as, progress)
        progress.clear()
        tell(chosen, {"added": name}, f"{name}: added")
        return 0
    for name in chosen.names:
        _get(chosen, name, progress) if chosen.action == "get" else _remove(chosen, name)
    return 0


def _list(chosen: argparse.Namespace) -> int:
    states = networks.check(chosen.names, contents=chosen.action == "verify")
    offers = [] if chosen.names or chosen.action == "verify" else networks.offers()
    to_add = [offer for offer in offers if not offer.installed]
    if chosen.json:
        say_json({"models": [s.as_dict() for s in states], "offers": [o.as_dict() for o in to_add]})
    else:
        rows: list[tuple[str, ...]] = [("name", "kind", "MB", "licence", "state")]
        rows += [(s.id, s.kind, f"{s.size / 1e6:.1f}", s.licence, s.state) for s in states]
        rows += [(o.id, "to add", f"{o.size / 1e6:.1f}", o.licence, o.about.split(".")[0]) for o in to_add]
        say(table(rows) if len(rows) > 1 else "No network is installed.")
    bad = [s for s in states if not s.good]
    if bad and chosen.action == "verify":
        raise StudioError(message("models.damaged", name=bad[0].id, state=bad[0].state))
    return 0


def _device(chosen: argparse.Namespace) -> int:
    """Tells on which device networks run, or keeps another choice."""
    if len(chosen.names) > 1:
        raise StudioError(message("models.one_device"))
    if chosen.names:
        networks.choose_device(chosen.names[0])
    device, there = networks.device(), networks.devices()
    tell(chosen, {"device": device, "devices": list(there)}, f"{device} (of {', '.join(there)})")
    return 0


def _get(chosen: argparse.Namespace, name: str, progress: TerminalProgress) -> None:
    if name.endswith(".json"):
        kept = networks.get(Path(name), progress)
    else:
        offer = networks.offer(name)
        if not chosen.yes:
            terms = f"{offer.title}, {offer.size / 1e6:.0f} MB, from {offer.home}. {offer.licence}."
            if not _accepted(terms):
                raise StudioError(message("models.accept", terms=terms))
        kept = networks.fetch(name, progress)
    progress.clear()
    tell(chosen, {"output": str(kept)}, f"{kept}: fetched and verified")


def _accepted(terms: str) -> bool:
    """Whether somebody at the terminal says yes to terms."""
    if not (sys.stdin and sys.stdin.isatty()):
        return False
    return input(f"{terms}\nFetch it? [y/N] ").strip().lower() in ("y", "yes")


def _remove(chosen: argparse.Namespace, name: str) -> None:
    networks.remove(name)
    tell(chosen, {"removed": name}, f"{name}: removed")
