"""Processes that are killed while they write, and while someone works in the window: nothing may be lost."""
