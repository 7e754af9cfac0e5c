"""What one can do to a document, one verb each. No window."""
