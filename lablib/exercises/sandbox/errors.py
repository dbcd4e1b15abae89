"""Why no sandbox could be had, with the one line that helps."""

from __future__ import annotations


class SandboxError(RuntimeError):
    """No sandbox works here, or one did not start; `fix` is the line to run."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(f"{reason}\n  fix: {fix}" if fix else reason)
        self.reason = reason
        self.fix = fix
