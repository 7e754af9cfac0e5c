"""Neural networks and their weights; torch is loaded with the first network, not before."""

import os

# Torch's threads spin while they wait for each other. With another program on a core that made a pass through
# the scene network take five times as long, and it takes the core that the window needs. Read when torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
