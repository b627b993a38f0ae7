"""Plans replayed in many drawn worlds: `compile_drivers`, `draw`, `replay`, and what comes of it."""
