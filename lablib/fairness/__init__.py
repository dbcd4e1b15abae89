"""Fairness: gaps between groups measured with intervals, and methods that lower a named gap.

The root holds experiments and what several pages share; the parts of a page lie in a folder.
"""
