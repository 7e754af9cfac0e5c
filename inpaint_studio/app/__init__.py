"""The application without its window: open documents, and services that work for them and tell of it."""
