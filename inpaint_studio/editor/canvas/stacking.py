"""What lies over what in the scene."""

LAYERS_Z, TINT_Z, OUTLINE_Z, TOOL_Z = 20, 1000, 1010, 1020
"""Z of the layers' items (and one more for each), of tints, of outlines, of what tools draw."""
