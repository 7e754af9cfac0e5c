"""Damaged files of all kinds, opened in processes that may not crash, hang, grow or write elsewhere."""
