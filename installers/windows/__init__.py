"""Packages of one system."""
