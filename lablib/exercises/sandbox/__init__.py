"""Where the grader runs learners' code: a confined worker process for each submission.

    with open_session(exercise) as session:
        replies = session.load(cells, places)
        s = proxy.Proxy(session.request, exercise.functions)

Tiers, strongest first: bubblewrap, Landlock, refusal. `probe()` tries them and names the fix.
A sandbox is not a virtual machine: against a hole in the kernel only a throw-away one helps.
"""

from lablib.exercises.sandbox.base import Session
from lablib.exercises.sandbox.connect import Connector
from lablib.exercises.sandbox.errors import SandboxError
from lablib.exercises.sandbox.limits import Limits
from lablib.exercises.sandbox.pool import WarmPool
from lablib.exercises.sandbox.probing import Probe, probe
from lablib.exercises.sandbox.tiers import choose, open_session

__all__ = [
    "Connector",
    "Limits",
    "Probe",
    "SandboxError",
    "Session",
    "WarmPool",
    "choose",
    "open_session",
    "probe",
]
