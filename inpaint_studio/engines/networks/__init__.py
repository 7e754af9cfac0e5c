"""Neural networks and their weights; torch is loaded with the first network, not before."""

import os

# Torch's threads spin while they wait for each other. With another program on a core a pass through the
# scene network then takes five times as long, and the window lacks a core. Read when torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
