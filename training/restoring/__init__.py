"""The networks that fill holes or take out noise and blur: spoiled photos, losses, training."""
