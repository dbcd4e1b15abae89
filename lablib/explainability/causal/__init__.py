"""Causal graphs: draw, identify, estimate, refute.

networkx 3.6.1 carries the graphs: 19 MB, imported in 0.1 s, and there already wherever torch is.
Measured beside it: pgmpy 1.1.2 adds 55 MB and 3 s of import, and its check of an adjustment set
lets mediators and colliders pass. DoWhy adds 279 MB and 3.4 s; the version that pip resolves with
our other versions (0.12) breaks on this networkx, and 0.14 asks for an older scipy. So both are
references in tests, where they are installed, as statsmodels is for the estimates.
"""
