import pytest

from tools.gates.import_direction import check

CLEAN = {
    "lablib/__init__.py": '"""Top."""\n__version__ = "1"\n',
    "lablib/__main__.py": "from lablib.cli import main\nmain()\n",
    "lablib/cli.py": "def main():\n    from lablib.fairness import measures\n",
    "lablib/record.py": "import json\nfrom lablib.evaluation import intervals\n",
    "lablib/experiment.py": (
        "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    import torch\n\n\n"
        "def run():\n    import torch\n"
    ),
    "lablib/data/__init__.py": "",
    "lablib/data/read.py": "import pandas\n",
    "lablib/evaluation/__init__.py": "",
    "lablib/evaluation/intervals.py": "import numpy\n",
    "lablib/models/__init__.py": "",
    "lablib/models/mlp.py": "import torch\n",
    "lablib/training/__init__.py": "from lablib.training.loop import fit\n",
    "lablib/training/loop.py": "import torch\nfrom ..models import mlp\n\n\ndef fit():\n    pass\n",
    "lablib/fairness/__init__.py": "",
    "lablib/figures/__init__.py": "",
    "lablib/figures/marks.py": "from lablib.evaluation import intervals\n",
    "lablib/fairness/measures.py": (
        "from lablib.data import read\nfrom lablib.figures import marks\n"
    ),
    "lablib/fairness/networks.py": "import torch\nfrom lablib.training import fit\n",
    "lablib/privacy/__init__.py": "",
    "lablib/privacy/noise.py": "import numpy\n",
    "lablib/applications/__init__.py": "",
    "lablib/applications/finance.py": "from lablib.fairness import measures\n",
    "lablib/exercises/__init__.py": "",
    "lablib/exercises/engine.py": "import json\n",
}

PLANTS = {
    "topic imports topic": (
        "lablib/privacy/noise.py",
        "import numpy\n",
        "import numpy\nfrom lablib.fairness import measures\n",
        2,
        "topic lablib.privacy imports topic lablib.fairness",
    ),
    "topic imports topic inside a function": (
        "lablib/privacy/noise.py",
        "import numpy\n",
        "def f():\n    import lablib.fairness.measures\n",
        2,
        "topic lablib.privacy imports topic lablib.fairness",
    ),
    "relative import of a topic": (
        "lablib/privacy/noise.py",
        "import numpy\n",
        "\nfrom ..fairness.measures import rate\n",
        2,
        "topic lablib.privacy imports topic lablib.fairness",
    ),
    "base imports training": (
        "lablib/evaluation/intervals.py",
        "import numpy\n",
        "import numpy\n\n\ndef f():\n    from lablib.training import fit\n",
        5,
        "evaluation stands below training",
    ),
    "record knows a topic": (
        "lablib/record.py",
        "import json",
        "import lablib.fairness",
        1,
        "lablib.record imports topic lablib.fairness",
    ),
    "figures know a topic": (
        "lablib/figures/marks.py",
        "from lablib.evaluation import intervals",
        "from lablib.fairness import measures",
        1,
        "lablib.figures imports topic lablib.fairness",
    ),
    "experiment names a topic in a string": (
        "lablib/experiment.py",
        "    import torch\n\n\n",
        '    import torch\n\n\nmodule = import_module("lablib.privacy.noise")\n',
        7,
        "lablib.experiment imports topic lablib.privacy",
    ),
    "exercises know a topic": (
        "lablib/exercises/engine.py",
        "import json",
        "from lablib.privacy import noise",
        1,
        "lablib.exercises imports topic",
    ),
    "training imports a topic": (
        "lablib/training/loop.py",
        "    pass",
        "    import lablib.privacy",
        6,
        "lablib.training imports topic lablib.privacy",
    ),
    "topic imports an application": (
        "lablib/privacy/noise.py",
        "import numpy",
        "from lablib.applications.finance import score",
        1,
        "applications stand above",
    ),
    "something imports the command line": (
        "lablib/exercises/engine.py",
        "import json",
        "from lablib import cli",
        1,
        "nothing may",
    ),
    "library imports tools": (
        "lablib/record.py",
        "import json",
        "import tools.gates",
        1,
        "lablib imports tools",
    ),
    "library imports exercises": (
        "lablib/data/read.py",
        "import pandas",
        "from exercises.start import x",
        1,
        "lablib imports exercises",
    ),
    "torch at the top of a light module": (
        "lablib/evaluation/intervals.py",
        "import numpy\n",
        "import numpy\nimport torch.nn as nn\n",
        2,
        "loads torch on import (lablib.evaluation.intervals -> torch)",
    ),
    "torch through opacus": (
        "lablib/exercises/engine.py",
        "import json",
        "from opacus import accountants",
        1,
        "loads torch",
    ),
    "torch inside try and class": (
        "lablib/data/read.py",
        "import pandas\n",
        "try:\n    import torch\nexcept ImportError:\n    torch = None\n",
        2,
        "loads torch",
    ),
    "torch through a package that others load": (
        "lablib/evaluation/__init__.py",
        None,
        "from lablib.models import mlp\n",
        1,
        "lablib.evaluation -> lablib.models.mlp -> torch",
    ),
    "torch through a topic's __init__": (
        "lablib/fairness/__init__.py",
        None,
        "from lablib.fairness.networks import fit\n",
        1,
        "lablib.fairness -> lablib.fairness.networks -> torch",
    ),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)
