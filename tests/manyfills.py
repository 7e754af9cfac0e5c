"""A filler for tests that has several fills, as quick or as slow as a test wants."""

import threading

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.contracts import Fill

COLOURS = ((200, 40, 40), (40, 200, 40), (41, 200, 40), (40, 40, 200))
"""Of its fills with seed 0; the third looks like the second."""


class ManyFiller:
    """Paints plain colours. While `gate` is closed it stops before the second of several fills."""

    def __init__(self):
        self.calls = []
        self.reports = 0
        self.gate = threading.Event()
        self.gate.set()
        self.fails = False
        self.held = threading.Event()

    def fill(self, task, **options):
        image, hole = task.image, task.hole
        self.calls.append({"task": task, **options})
        for number in range(options["candidates"]):
            if number == 1:
                self._pass(options["progress"])
            options["progress"].report(number / options["candidates"])
            pixels = image.copy()
            pixels[hole > 0] = COLOURS[number]
            pixels[hole > 0] += 9 * options["seed"] % 50
            if number == 0:
                yield Fill(pixels, final=False)
            yield Fill(pixels, final=True, score=1 - number / 4, note=f"kind {number}")

    def _pass(self, progress):
        if self.fails:
            raise StudioError("no others")
        while not self.gate.wait(0.002):
            self.held.set()
            progress.report(0.3)
            self.reports += 1

    @property
    def asked(self):
        """How many fills each call asked for."""
        return [call["candidates"] for call in self.calls]


def install(monkeypatch):
    """Makes it the one filler of every window; returns it."""
    from inpaint_studio.studio import fill

    made = ManyFiller()
    monkeypatch.setattr(fill.Fillers, "get", lambda self, name, labels=None: made)
    return made
