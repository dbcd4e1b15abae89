"""Train, evaluate and audit models on five trust properties, from one code path.

Importing `lablib` loads nothing heavy: every subpackage is imported when it is first used,
and torch only by what trains a network.

>>> import lablib
>>> lablib.__version__
'0.1.0'
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
