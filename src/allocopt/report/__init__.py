"""What a plan says to its readers: numbers with units, summaries, tables."""
