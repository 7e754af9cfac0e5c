"""Inpaint Studio: take a photo apart into movable layers, with what they hid filled in."""

__version__ = "0.1.0"
