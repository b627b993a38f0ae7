"""Optimization toolkit for the allocation of commercial resources."""

__version__ = "0.1.0"
