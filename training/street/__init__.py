"""The unit of the scene network that tells streets from other photos."""
