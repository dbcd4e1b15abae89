"""Checks and builders that keep the course honest; nothing in `lablib` imports them."""
