"""Starts the benchmark."""

import sys

from benchmarks.select.command import main

sys.exit(main())
