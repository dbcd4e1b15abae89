"""The program inside the sandbox: confine itself, then load and call a learner's code on request.

Started as `python -S -P -B worker_main.py CONFIG`; stands alone. Requests and replies are lines on
two descriptors of their own; what the learner's code prints goes nowhere. It knows no expected
value.
As a nursery it loads the libraries, runs nobody's code, and forks one confined worker at a time.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import mmap
import os
import resource
import signal
import socket
import sys
import time
import types
from collections.abc import Mapping
from typing import Any

MEGABYTE = 2**20
VERBS = ("check", "hint", "solution", "progress")


def main(config: dict[str, Any]) -> None:
    """Prepare, confine, serve."""
    sys.path[:] = [path for path in sys.path if path != os.path.dirname(__file__)]
    sys.path += config["paths"]
    if config["nursery"] is not None:
        worker = prepare(config)
        nursery(config, worker)
    elif config["confine"]["landlock"] is None:  # the mounts show Python to everyone
        confine = _module("confine", config["files"]["confine"])
        confine.confine(config["confine"])
        serve(config["requests"], config["replies"], prepare(config))
    else:
        worker = prepare(config)
        confine = _module("confine", config["files"]["confine"])
        confine.confine(config["confine"])
        serve(config["requests"], config["replies"], worker)


def prepare(config: Mapping[str, Any]) -> types.ModuleType:
    """Load the libraries and our two modules, under a package that has nothing else in it."""
    package, exercises = types.ModuleType("lablib"), types.ModuleType("lablib.exercises")
    package.__path__, exercises.__path__ = [], []
    sys.modules |= {"lablib": package, "lablib.exercises": exercises}
    package.exercises = exercises  # type: ignore[attr-defined]
    for verb in VERBS:  # a notebook's own `check(...)` cells do nothing here
        setattr(exercises, verb, _nothing)
        setattr(package, verb, _nothing)
    for name in config["preload"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    wire = _module("lablib.exercises.wire", config["files"]["wire"])
    exercises.wire = wire  # type: ignore[attr-defined]
    worker = _module("lablib.exercises.worker", config["files"]["worker"])
    exercises.worker = worker  # type: ignore[attr-defined]
    return worker


def serve(requests: int, replies: int, worker: types.ModuleType) -> None:
    """Answer until the requests end: `begin`, `load`, `call`, one line each.

    Parameters
    ----------
    requests, replies : int
        Descriptors.
    worker : module
        Our `worker`, already loaded.
    """
    incoming = os.fdopen(requests, "r", encoding="utf-8", newline="\n")
    _reply(replies, "ready")
    answer = types.ModuleType("answer")
    sys.modules["answer"] = answer  # data classes look their own module up
    names = answer.__dict__
    seconds: float | None = None
    for line in incoming:
        verb, _, text = line.rstrip("\n").partition(" ")
        if verb == "begin":
            given = json.loads(text)
            seconds = given["seconds"]
            limit(given)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            os.close(nowhere)
            _reply(replies, "begun")
        elif verb == "load":
            cell = json.loads(text)
            reply = worker.load(names, cell["text"], place=cell["place"], seconds=seconds)
            _reply(replies, reply)
        elif verb == "call":
            _reply(replies, worker.answer(names, text, seconds=seconds))
    os._exit(0)


def limit(given: Mapping[str, Any]) -> None:
    """Cap memory and CPU time from here on, on top of what start-up has used."""
    used = address_space()
    most = used + given["memory_mb"] * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    seconds = int(time.process_time() + given["total_seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def address_space() -> int:
    """Bytes of address space in use, found by trying: the sandbox has no /proc to ask.

    The smallest limit under which one more megabyte can be mapped is what is used plus that one.
    """
    low, high = 0, 2**46
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    gc.collect()
    while high - low > MEGABYTE:
        middle = (low + high) // 2
        resource.setrlimit(resource.RLIMIT_AS, (middle, most))
        try:
            mmap.mmap(-1, MEGABYTE).close()
            high = middle
        except (OSError, MemoryError):
            low = middle
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return high


def nursery(config: dict[str, Any], worker: types.ModuleType) -> None:
    """Fork a worker for each `fork` message, with its two descriptors; `end` kills it.

    One worker lives at a time. The nursery answers with its number, then with how it ended.
    """
    confine = _module("confine", config["files"]["confine"])
    control = socket.socket(fileno=config["nursery"])
    gc.collect()
    gc.freeze()
    control.sendall(b"ready\n")
    child = 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 65536, 2)
        if not message:
            break
        if descriptors:
            given = {**config["confine"], **json.loads(message)}
            child = os.fork()
            if not child:
                control.close()
                confine.confine(given)
                serve(descriptors[0], descriptors[1], worker)
            for descriptor in descriptors:
                os.close(descriptor)
            control.sendall(b"%d\n" % child)
        elif child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            child = 0
            control.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _reply(descriptor: int, text: str) -> None:
    data = memoryview(text.encode("utf-8", "replace") + b"\n")
    while data:
        data = data[os.write(descriptor, data) :]


def _module(name: str, path: str) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _nothing(*_args: object, **_kwargs: object) -> None:
    return None


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
