"""The same examples in every run; `--hypothesis-profile search` looks for new ones."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("fixed", max_examples=60, deadline=None, derandomize=True, database=None)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile("fixed")
