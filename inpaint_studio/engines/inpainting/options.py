"""Parameters that fillers share."""

from inpaint_studio.basics.parameters import Parameter
from inpaint_studio.basics.values import Number

ADAPTATION = Parameter(
    "adaptation",
    Number(0, 1, "%", 100),
    1.0,
    "Colour adaptation",
    "How far copied colours follow those around the hole: 0 not at all, 1 fully",
    short="Colours follow",
    changes_all=False,
)
