"""The network of soft edges: composites, training."""
