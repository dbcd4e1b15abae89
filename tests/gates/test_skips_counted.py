import shutil
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parents[1] / "conftest.py"


def test_the_summary_says_how_many_tests_were_skipped_and_why(tree):
    root = tree(
        {
            "test_x.py": (
                "import pytest\n\n\n"
                "@pytest.mark.skipif(True, reason='no Chromium')\n"
                "@pytest.mark.parametrize('i', range(2))\n"
                "def test_a(i): ...\n\n\n"
                "def test_b():\n    pytest.skip('no namespaces')\n"
            )
        }
    )
    shutil.copy(CONFTEST, root / "conftest.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(root)]
    out = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert "not run on this machine: 3 tests" in out
    assert "   2  no Chromium\n   1  no namespaces\n" in out
