"""The table of verbs from a terminal: listed, and done to a photo or project one after the other."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError, SubProgress, message
from inpaint_studio.cli.parser import given_for
from inpaint_studio.cli.terminal import TerminalProgress, say, say_json, table
from inpaint_studio.studio.finish import finish
from inpaint_studio.studio.open import PROJECT_SUFFIX, open_document
from inpaint_studio.studio.save import check_target, export, picture_parameters, picture_suffixes, save
from inpaint_studio.studio.verbs import VERBS, Performed, Verb, VerbContext, perform
from inpaint_studio.studio.verbs.parameters import Id, InGroup

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from inpaint_studio.studio.layers import Document

Call = tuple[str, dict[str, Any]]


def list_verbs(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    """Prints every verb: what it takes, its menu and keys, whether it needs the window."""
    if chosen.json:
        say_json({"verbs": [_described(verb) for verb in VERBS.values()]})
        return 0
    rows: list[tuple[str, ...]] = [("verb", "title", "keys", "takes", "needs")]
    for verb in VERBS.values():
        takes = ", ".join(p.name for p in verb.parameters)
        needs = "window" if verb.do is None else ""
        rows.append((verb.id, verb.title.rstrip("…"), " or ".join(verb.keys), takes, needs))
    say(table(rows))
    return 0


def _described(verb: Verb) -> dict[str, Any]:
    return {
        "id": verb.id, "title": str(verb.title), "menu": verb.menu, "keys": list(verb.keys),
        "parameters": [p.described() for p in verb.parameters], "needs_window": verb.do is None,
    }  # fmt: skip


def do(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    """Does verbs to a photo or project and writes what came of it."""
    output: Path = chosen.output
    check_target(output, (PROJECT_SUFFIX, *picture_suffixes()))
    calls = _calls(chosen.words) if chosen.script is None else _script(chosen.script)
    document, _ = open_document(chosen.photo)
    context = VerbContext(document, document.layers[-1].id)
    done: list[Performed] = []
    for number, (verb, parameters) in enumerate(calls):
        progress.report(0.5 * number / len(calls), VERBS[verb].title if verb in VERBS else verb)
        done.append(perform(context, verb, _with_ids(document, verb, parameters)))
    finish(document, context.lifted, SubProgress(progress, 0.5, 1.0))
    if output.suffix.lower() == PROJECT_SUFFIX:
        save(document, output)
    else:
        export(document, output, **given_for(chosen, picture_parameters()))
    progress.clear()
    if chosen.json:
        say_json({"output": str(output), "done": [asdict(line) for line in done]})
    else:
        say(f"{output}: {', '.join(VERBS[line.verb].title.rstrip('…') for line in done)}")
    return 0


def _calls(words: list[str]) -> list[Call]:
    """VERB [NAME=VALUE ...] [VERB ...] as verbs with their parameters; values are JSON, else plain text."""
    calls: list[Call] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            calls.append((word, {}))
        elif not calls:
            raise StudioError(message("do.verb_first", word=word))
        else:
            calls[-1][1][name] = _plain(value)
    if not calls:
        raise StudioError(message("do.nothing"))
    return calls


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _script(path: Path) -> list[Call]:
    """The calls of a file: a JSON list of {"verb": …, "parameters": {…}}."""
    try:
        lines = json.loads(path.read_text("utf-8"))
        return [(str(line["verb"]), dict(line.get("parameters", {}))) for line in lines]
    except OSError as error:
        raise StudioError(message("do.no_script", path=path)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudioError(message("do.bad_script", path=path)) from error


def _with_ids(document: Document, verb_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The same with the ids of layers that are named by their names; the topmost of that name is meant."""
    ids = {node.name: node.id for node in document.tree.nodes}
    known = VERBS[verb_id].parameters if verb_id in VERBS else ()
    nodes = {p.name for p in known if isinstance(p.kind, InGroup)}
    nodes |= {p.name for p in known if isinstance(p.kind, Id) and p.kind.word in ("layer", "layers")}

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(each) for each in value]
        return ids.get(value, value) if isinstance(value, str) else value

    return {key: named(value) if key in nodes else value for key, value in parameters.items()}
