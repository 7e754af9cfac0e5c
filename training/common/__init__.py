"""What all training runs share: data, checkpoints, callbacks, log, scores."""
