"""The network behind clicks, boxes and scribbles: made-up users, losses, training."""
