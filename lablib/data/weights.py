"""Pretrained weights: unpacked once into the cache, as a folder that model libraries can open."""

from __future__ import annotations

import io
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from lablib.data import cache
from lablib.data.catalogue import Card
from lablib.data.errors import DataError

MANIFEST = "lablib.sha256"


@dataclass(frozen=True)
class Weights:
    """A folder with weights, configuration and tokenizer, such as `from_pretrained` opens.

    Attributes
    ----------
    name : name of the card.
    folder : absolute path; every file in it has been checked on this load.
    card : the card, with licence, origin and known problems of the model.
    """

    name: str
    folder: Path
    card: Card


def load_weights(card: Card, read: Callable[[], Mapping[str, bytes]]) -> Weights:
    """The unpacked folder of a weights card; made on the first call, checked on every call.

    Parameters
    ----------
    card : card of kind `weights`.
    read : gives the verified files of the card; called only when the folder is not there yet.

    Raises
    ------
    DataError
        The folder cannot be written, a file in it was changed, or a package that the conversion
        needs is missing.
    """
    folder = cache.cache_folder() / "weights" / f"{card.name}-{card.archive_sha256[:12]}"
    if not folder.is_dir():
        _make(card, folder, read())
    _check(card, folder)
    return Weights(name=card.name, folder=folder, card=card)


def _make(card: Card, folder: Path, files: Mapping[str, bytes]) -> None:
    """Fill a temporary folder and move it into place in one step."""
    part = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.part")
    try:
        part.mkdir(parents=True)
        UNPACK.get(card.name, unpack)(card, files, part)
        lines = [f"{cache.sha256(path)}  {path.name}" for path in sorted(part.iterdir())]
        (part / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            os.replace(part, folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was first with the same files
                raise
    except OSError as error:
        raise DataError(
            f"{card.name}: cannot write to the cache folder {folder.parent} "
            f"({error.strerror or error}); free space there or set LABLIB_CACHE to a folder you "
            "can write to."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _check(card: Card, folder: Path) -> None:
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    wanted = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    wrong = [name for name, digest in wanted.items() if not cache.holds(folder / name, digest)]
    if wrong or not wanted:
        raise DataError(
            f"{card.name}: {folder / (wrong or [MANIFEST])[0]} was changed or removed since it was "
            f"unpacked; delete the folder {folder} and load again."
        )


def unpack(_: Card, files: Mapping[str, bytes], folder: Path) -> None:
    """Write each file of the card under its own name.

    Parameters
    ----------
    _ : the card, which this way of unpacking does not need.
    files : path inside the archive -> bytes.
    folder : an empty folder.
    """
    for path, content in files.items():
        (folder / PurePosixPath(path).name).write_bytes(content)


def convert_gguf(card: Card, files: Mapping[str, bytes], folder: Path) -> None:
    """Expand a quantised GGUF file to float32 safetensors, with its tokenizer and chat template.

    Parameters
    ----------
    card : a card with one GGUF file.
    files : its path -> its bytes.
    folder : an empty folder.

    Raises
    ------
    DataError
        transformers, gguf, accelerate or torch is not installed.
    """
    source = folder / "source.gguf"
    source.write_bytes(files[card.file])
    try:
        for needed in ("accelerate", "gguf"):  # transformers reads GGUF files with these two
            import_module(needed)
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise DataError(
            f"{card.name}: expanding the weights needs {error.name}, which is not installed; "
            "run: pip install accelerate gguf transformers torch"
        ) from error
    with _quiet():
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=source.name)
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder, gguf_file=source.name, dtype=torch.float32
        )
        model.hf_quantizer, model.is_quantized = None, False
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    source.unlink()


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no warnings of transformers inside the block.

    One progress bar of the GGUF reader obeys no switch, so stderr is set aside as well.
    """
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


UNPACK: dict[str, Callable[[Card, Mapping[str, bytes], Path], None]] = {"smollm2": convert_gguf}
