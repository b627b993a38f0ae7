"""Scenario folders: files in, a checked and frozen `Scenario` out."""
