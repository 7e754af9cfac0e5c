"""What lies over what in the scene."""

TINT_Z, OUTLINE_Z, TOOL_Z = 1000, 1010, 1020
"""Z of tints, of outlines, of what tools draw."""
