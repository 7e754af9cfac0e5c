"""Verbs of the table, done to the document in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inpaint_studio.app.merge_keys import new_merge_key
from inpaint_studio.basics.event import Event
from inpaint_studio.studio.verbs import VERBS, Performed, VerbContext, perform

if TYPE_CHECKING:
    from inpaint_studio.app.fill_choices import FillChoices
    from inpaint_studio.app.workspace import Workspace


class VerbService:
    """Performs verbs (`studio.verbs`) and follows what came of them: another active layer, a hole to look at.

    Nothing raises: what can't be done is told by the workspace's notices. For the window's thread only.
    """

    def __init__(self, workspace: Workspace, fills: FillChoices) -> None:
        self._workspace, self._fills = workspace, fills
        self._merge_key = new_merge_key("property")
        self.asked: Event[str] = Event()
        """A verb, by its id, was asked for that the window does itself, or asks about first."""
        self.performed: Event[Performed] = Event()
        """A verb was done: a line for a journal."""

    def context(self, **named: Any) -> VerbContext:
        """What verbs work on now; `named` are the ids of what is meant instead (`VerbContext.aim`)."""
        current = self._workspace.current
        if current is None:
            return VerbContext()
        context = VerbContext(current.document, current.active, current.pointed, self._fills.hole)
        context.selected, context.solo = current.selected, current.solo
        context.offered = current.finding.offered
        context.aim(named)
        return context

    def perform(self, verb_id: str, *, merge_key: str | None = None, **parameters: Any) -> bool:
        """Does a verb, by its id, with its parameters; whether it could be done.

        Steps in a row with one `merge_key` become one.
        """
        context = self.context()
        context.merge_key = merge_key
        with self._workspace.notices.attempt(), self._fills.keeping(VERBS[verb_id].chooses_fill):
            line = perform(context, verb_id, parameters)
            self._show(context)
            self.performed.emit(line)
            return True
        return False

    def set_property(self, node_id: str | None, name: str, value: object, *, merging: bool = False) -> None:
        """Sets a declared property of a node, or of all that are chosen if None.

        `merging` joins changes of one property until `end_merging`.
        """
        key = f"{self._merge_key}:{name}:{node_id}" if merging else None
        named = {} if node_id is None else {"layer": node_id}
        self.perform(f"layer.{name}", merge_key=key, value=value, **named)

    def end_merging(self) -> None:
        """The slider was let go: the next change is a step of its own."""
        self._merge_key = new_merge_key("property")

    def _show(self, context: VerbContext) -> None:
        current = self._workspace.current
        if current is None:
            return
        current.set_solo(context.solo)
        if context.node is not None:
            current.select(context.chosen_ids, context.node.id)
        for layer_id in context.lifted:
            current.after_lift(layer_id)
        if context.uncovered is not None:
            self._fills.look(context.uncovered)

    def ask(self, verb_id: str, **named: Any) -> None:
        """What a menu, key or button does: performs a verb or, if the window has its own way, lets it begin.

        `named` are the ids of what is meant. Why a verb can't be done now is told as a message.
        """
        verb = VERBS[verb_id]
        context = self.context(**named)
        refusal = verb.possible(context)
        if refusal is not None:
            self._workspace.notices.tell(refusal)
        elif verb.by_window:
            if "object" in named:
                self._workspace.point_at(context.pointed)
            self.asked.emit(verb_id)
        else:
            self.perform(verb_id, **{p.name: named[p.name] for p in verb.parameters if p.name in named})
