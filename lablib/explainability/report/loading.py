"""Read a model and a table from files. A model file is a program: it is run only if told so."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

PICKLED = (".joblib", ".pkl", ".pickle")
SCRIPTED = (".pt", ".pth", ".ts")
EXPORTED = (".pt2",)
TABLES = (".csv", ".tsv", ".parquet")


def table(path: str | Path) -> pd.DataFrame:
    """Rows from a .csv, .csv.gz, .tsv or .parquet file.

    Raises
    ------
    ValueError
        If the kind is unknown, the file is no such table, or it has no rows.
    """
    place = _existing(path, "a table")
    name = place.name.lower().removesuffix(".gz")
    if not name.endswith(TABLES):
        raise ValueError(f"data is {str(path)!r}; give a file that ends in {', '.join(TABLES)}")
    try:
        if name.endswith(".parquet"):
            found = pd.read_parquet(place)
        else:
            found = pd.read_csv(place, sep="\t" if name.endswith(".tsv") else ",", low_memory=False)
    except (ValueError, UnicodeDecodeError, ImportError) as error:
        raise ValueError(f"{place.name} could not be read as a table: {error}") from error
    if found.empty:
        raise ValueError(f"{place.name} has no rows; give a table with a header and rows")
    return found


def model(path: str | Path, *, trust: bool) -> tuple[Any, tuple[str, ...]]:
    """The model of a file, and remarks for the report.

    Parameters
    ----------
    path : path
        Written by joblib or pickle (.joblib, .pkl), by `torch.jit.save` (.pt, .pth, .ts) or by
        `torch.export.save` (.pt2).
    trust : bool
        Whether the author of the file is trusted. Every one of these formats can run code of
        its author with your rights as it is loaded, so without trust the file is not opened.

    Raises
    ------
    ValueError
        Without trust, or if the file holds no model that can be read here.
    """
    place = _existing(path, "a model")
    kind = place.suffix.lower()
    if kind not in (*PICKLED, *SCRIPTED, *EXPORTED):
        raise ValueError(
            f"model is {str(path)!r}; give a file that ends in "
            f"{', '.join((*PICKLED, *SCRIPTED, *EXPORTED))}"
        )
    if not trust:
        raise ValueError(
            f"{place.name} was not opened: LOADING A MODEL FILE RUNS CODE, whatever its author "
            "put in it, with all your rights. If you made it yourself or trust whoever did, say "
            "so with --trust-model. The safe way is to build the model in Python and call "
            "lablib.explainability.report.explain(model, table, target=...), which loads nothing"
        )
    read = _pickled if kind in PICKLED else _exported if kind in EXPORTED else _scripted
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = read(place)
    remarks = {str(w.message).splitlines()[0] for w in seen if "deprecated" not in str(w.message)}
    trusted = f"{place.name} (sha256 {sha256(place)[:16]}…) was loaded as trusted code."
    return found, (trusted, *sorted(remarks))


def sha256(path: str | Path) -> str:
    """Hash of a file in hexadecimal digits."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _existing(path: str | Path, what: str) -> Path:
    place = Path(path)
    if not place.is_file():
        raise ValueError(f"{str(path)!r} is no file; give the path of {what}")
    return place


def _pickled(place: Path) -> Any:
    import joblib

    try:
        return joblib.load(place)
    except Exception as error:  # unpickling can raise anything
        raise ValueError(
            f"{place.name} could not be loaded ({type(error).__name__}: {error}); it needs the "
            "packages and versions that it was saved with, and your own classes in an installed "
            "package"
        ) from error


def _scripted(place: Path) -> Any:
    import torch

    try:
        return torch.jit.load(place, map_location="cpu")  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        raise ValueError(
            f"{place.name} holds no TorchScript program; a file of weights alone does not say "
            "what to compute, so write one with torch.export.save (.pt2), or call "
            "lablib.explainability.report.explain from Python"
        ) from error


def _exported(place: Path) -> Any:
    import torch

    try:
        return torch.export.load(place).module()
    except Exception as error:  # damaged archives raise several kinds
        raise ValueError(
            f"{place.name} holds no exported program ({type(error).__name__}: {error}); write it "
            "with torch.export.save"
        ) from error
