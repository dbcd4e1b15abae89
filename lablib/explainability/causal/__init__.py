"""Causal graphs: draw, identify, estimate, refute.

networkx (3.6.1: 19 MB, imported in 0.1 s, there already with torch) carries the graphs. Measured
beside it: pgmpy 1.1.2 takes 52 MB with what it needs and 3 s to import, and its check of an
adjustment set accepts mediators and colliders; DoWhy is several times heavier and binds scipy.
Both are references of the tests, where they are installed, like statsmodels for the estimates.
"""
