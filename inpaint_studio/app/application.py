"""What one window works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.app.batching import Batching
from inpaint_studio.app.candidates import Candidates
from inpaint_studio.app.filing import Filing
from inpaint_studio.app.fill_choices import FillChoices
from inpaint_studio.app.finding import AUTOMATIC
from inpaint_studio.app.networks import Networks
from inpaint_studio.app.preferences import Preferences
from inpaint_studio.app.verbs import VerbService
from inpaint_studio.app.view_options import ViewOptions
from inpaint_studio.app.workspace import Workspace

if TYPE_CHECKING:
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.settings import Settings
    from inpaint_studio.document import Document


class Application:
    """The open documents, and the services that work for the one in front."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.view = ViewOptions(settings)
        self.workspace = Workspace()
        self.notices = self.workspace.notices
        self.preferences = Preferences(settings)
        self.workspace.opened.connect(self.preferences.apply)
        self.preferences.changed.connect(self._apply_preferences)
        self.fills = FillChoices(self.workspace)
        self.candidates = Candidates(self.workspace, self.fills)
        self.verbs = VerbService(self.workspace, self.fills)
        self.filing = Filing(self.workspace, settings)
        self.networks = Networks(self.workspace.worker, self.notices, settings)
        self.networks.selector_changed.connect(self._select_anew)
        self.batching = Batching(self.workspace.worker)
        self.workspace.opened.connect(self._opened)

    def _opened(self, opened: OpenDocument) -> None:
        """Looks through a photo that nothing was done to yet, unless the user would rather not."""
        untouched = len(opened.document.tree.nodes) == 1 and not opened.document.state.found
        if untouched and self.settings.text(AUTOMATIC, "yes") == "yes":
            opened.finding.start_quietly()

    def _select_anew(self) -> None:
        for opened in self.workspace.documents:
            opened.selecting.renew()

    def _apply_preferences(self) -> None:
        for opened in self.workspace.documents:
            self.preferences.apply(opened)

    @property
    def document(self) -> Document | None:
        """The document in front."""
        return self.workspace.document

    @property
    def active(self) -> str | None:
        """Its active layer."""
        return self.workspace.active
