"""The networks that name every pixel: crops, losses, training."""
