"""Photoshop's PSD and PSB files, by psd-tools: layered documents out and in."""
