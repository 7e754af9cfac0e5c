"""Parameters that many verbs share."""

from inpaint_studio.studio.verbs.parameters import Id, Parameter

LAYER = Parameter("layer", Id("layer"), "Layer", None)
HOLE = Parameter("hole", Id("hole"), "Hole", None)
OBJECT = Parameter("object", Id("object"), "Found object", None)
OBJECTS = Parameter("objects", Id("objects"), "Found objects", None)
SELECTED = Parameter("layers", Id("layers"), "Selected layers", None)
TOGETHER = (LAYER, SELECTED)
"""Of verbs for all nodes that are chosen together: one that is named alone is meant alone."""
