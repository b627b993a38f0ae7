"""The public functions: ``import allocopt as ao``."""
