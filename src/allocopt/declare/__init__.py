"""Pieces that formulations are composed of: each adds one family of variables or rows."""
