"""Efficiency: what a model costs in bytes, time and energy, and what making it cheaper breaks.

The root holds experiments and what several pages share; the parts of a page lie in a folder.
"""
