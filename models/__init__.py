"""Formulations: each module turns a problem into one Pyomo model with ``build_model``."""
