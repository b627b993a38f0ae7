"""Bundled scenarios: each folder is one worked input that ``allocopt`` knows by name."""
