"""Attributions by many methods through one call, and the tests that say which to believe."""
