"""Run the gates: ``python -m tools.gates [--root DIR] [name ...]``."""

import sys

from tools.gates import main

if __name__ == "__main__":
    sys.exit(main())
