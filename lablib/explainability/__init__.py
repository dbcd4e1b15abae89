"""Models that can be read, and ways to look into models that cannot."""
