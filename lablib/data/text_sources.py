"""How each text and pair card's files become a table; cards say what is changed on the way."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Files = Mapping[str, bytes]


def encyclopaedia(files: Files) -> pd.DataFrame:
    """One JSON object: title -> extract, description and topic."""
    import pandas as pd

    (content,) = files.values()
    entries = json.loads(content)
    columns = {"extract": "text", "topic": "topic", "title": "title", "description": "description"}
    table = pd.DataFrame(list(entries.values()))[list(columns)].rename(columns=columns)
    return table.fillna({"description": ""})


def medical_questions(files: Files) -> pd.DataFrame:
    """One file of JSON lines for each specialty and part."""
    import pandas as pd

    rows = []
    for path in files:
        where = PurePosixPath(path)
        specialty = where.stem.replace("_", " ")
        for line in files[path].decode("utf-8").splitlines():
            entry = json.loads(line)
            rows.append(
                {
                    "question": " ".join(entry["question"].split()),
                    "specialty": specialty,
                    "options": entry["options"],
                    "answer": entry.get("answer", ""),
                    "part": where.parent.name.removeprefix("MedMCQA-").lower(),
                }
            )
    return pd.DataFrame(rows)


def movie_reviews(files: Files) -> pd.DataFrame:
    """Lines of number, mean rating and text, in an archive inside the archive."""
    import pandas as pd

    parts = _rated(files, "movieReviewSnippets_GroundTruth.txt")
    ratings = [float(rating) for _, rating, _ in parts]
    table = pd.DataFrame(
        {
            "text": [text.strip() for _, _, text in parts],
            "sentiment": ["positive" if r > 0 else "negative" for r in ratings],
            "rating": ratings,
            "number": [int(number) for number, _, _ in parts],
        }
    )
    return table[table["rating"] != 0].reset_index(drop=True)


def news_sentences(files: Files) -> pd.DataFrame:
    """Lines of article_place, mean rating and text, beside the movie reviews."""
    import pandas as pd

    parts = _rated(files, "nytEditorialSnippets_GroundTruth.txt")
    ratings = [float(rating) for _, rating, _ in parts]
    words = {-1: "negative", 0: "neutral", 1: "positive"}
    return pd.DataFrame(
        {
            "text": [text.strip() for _, _, text in parts],
            "sentiment": [words[(r > 0) - (r < 0)] for r in ratings],
            "rating": ratings,
            "article": [int(number.split("_")[0]) for number, _, _ in parts],
            "place": [int(number.split("_")[1]) for number, _, _ in parts],
        }
    )


def _rated(files: Files, name: str) -> list[list[str]]:
    """Three fields a line: number, mean rating, text."""
    (content,) = files.values()
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        stream = archive.extractfile(f"hutto_ICWSM_2014/{name}")
        if stream is None:
            raise ValueError(f"the inner archive holds no file {name}")
        lines = [_decoded(line) for line in stream.read().split(b"\r\n")]
    return [line.split("\t", 2) for line in lines if line.strip()]


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def chinese_reviews(files: Files) -> pd.DataFrame:
    """One review a line, in one file for each sentiment; repeated lines are kept."""
    import pandas as pd

    rows = []
    for path, content in files.items():
        sentiment = {"pos": "positive", "neg": "negative"}[PurePosixPath(path).stem]
        lines = content.decode("utf-8").split("\n")
        rows += [(line.strip(), sentiment, i + 1) for i, line in enumerate(lines) if line.strip()]
    return pd.DataFrame(rows, columns=["review", "sentiment", "line"])


SOURCES: dict[str, Callable[[Files], pd.DataFrame]] = {
    "chinese-reviews": chinese_reviews,
    "encyclopaedia": encyclopaedia,
    "medical-questions": medical_questions,
    "movie-reviews": movie_reviews,
    "news-sentences": news_sentences,
}
