"""What all tests share: the closing count of what this machine could not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest


def reasons(skipped: Sequence[Any]) -> Counter[str]:
    """How many skipped reports give each reason (``report.longrepr`` ends with it)."""
    count: Counter[str] = Counter()
    for report in skipped:
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        count[text.removeprefix("Skipped: ")] += 1
    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped and for want of what, so that green is not misread."""
    count = reasons(terminalreporter.stats.get("skipped", []))
    if not count:
        return
    terminalreporter.section(f"not run on this machine: {sum(count.values())} tests")
    for reason, number in count.most_common():
        terminalreporter.write_line(f"{number:4d}  {reason}")
