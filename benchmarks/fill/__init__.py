"""How well holes are filled, and how fast; run with `python -m benchmarks.fill`."""
