"""The modules of the course's own Sphinx extension, for tests of one of them without a build."""

from __future__ import annotations

import sys

from tests.book.toybook import CHECKOUT

FOLDER = str(CHECKOUT / "book/_ext")
if FOLDER not in sys.path:
    sys.path.append(FOLDER)
