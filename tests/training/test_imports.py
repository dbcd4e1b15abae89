import subprocess
import sys

import lablib.training


def test_importing_lablib_loads_no_torch() -> None:
    code = "import sys, lablib; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_exported() -> None:
    assert lablib.training.__all__ == [
        "EpochSummary",
        "FitResult",
        "TrainingConfig",
        "fit",
        "predict",
    ]
