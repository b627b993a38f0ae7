"""Plans replayed in many drawn worlds, and what comes of it."""
