"""What the claims of speed and quality rest on; runnable by anyone."""
