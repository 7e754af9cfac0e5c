"""How well clicks and boxes select objects, and how soft edges are cut out: `python -m benchmarks.select`."""
