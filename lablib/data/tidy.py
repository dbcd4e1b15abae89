"""From the bytes of the published file to one readable table: a short function for each card.

Every function takes `files` (path inside the archive -> bytes) and returns a table with the columns
of its card. What each one changes is listed on the card under `changes`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Files = Mapping[str, bytes]


def credit_default(files: Files) -> pd.DataFrame:
    """Taiwan credit cards: education and marriage put back into one column each."""
    import pandas as pd

    (content,) = files.values()
    raw = pd.read_csv(io.BytesIO(content))
    raw.columns = raw.columns.str.lower()
    education = _from_indicators(raw, "education_", classes=7)
    marriage = _from_indicators(raw, "marriage_", classes=4)
    kept = raw.filter(regex=r"^(limit_bal|pay_|bill_)").copy()
    kept.insert(1, "education", education.where(education.isin([1, 2, 3]), 4))
    kept["sex"] = _labels(raw["sex"], {0: "male", 1: "female"})
    kept["age"] = raw["age"]
    kept["marriage"] = _labels(marriage, {0: "other", 1: "married", 2: "single", 3: "other"})
    kept["default"] = raw["default-payment-next-month"]
    return kept


# The order of the columns in german.data, from the description published with it.
_GERMAN_COLUMNS = [
    "checking_account",
    "duration",
    "credit_history",
    "purpose",
    "amount",
    "savings",
    "employment",
    "installment_rate",
    "personal_status",
    "other_debtors",
    "residence_since",
    "property",
    "age",
    "other_installment_plans",
    "housing",
    "existing_credits",
    "job",
    "dependants",
    "telephone",
    "foreign_worker",
    "bad_risk",
]

# What the codes mean, by the published description; German marks (DM) throughout.
_GERMAN_CODES: dict[str, list[str] | dict[str, str]] = {
    "checking_account": ["below 0 DM", "0 to 199 DM", "200 DM or more, or salary", "none"],
    "credit_history": [
        "no other loans, or all repaid",
        "all loans here repaid",
        "existing loans repaid so far",
        "late in the past",
        "critical, or loans elsewhere",
    ],
    "purpose": {
        "A40": "new car",
        "A41": "used car",
        "A42": "furniture",
        "A43": "radio or television",
        "A44": "appliances",
        "A45": "repairs",
        "A46": "education",
        "A48": "retraining",
        "A49": "business",
        "A410": "other",
    },
    "savings": [
        "below 100 DM",
        "100 to 499 DM",
        "500 to 999 DM",
        "1000 DM or more",
        "unknown or none",
    ],
    "employment": ["unemployed", "below 1 year", "1 to 3 years", "4 to 6 years", "7 years or more"],
    "personal_status": [
        "male, divorced or separated",
        "female, divorced, separated or married",
        "male, single",
        "male, married or widowed",
    ],
    "other_debtors": ["none", "co-applicant", "guarantor"],
    "property": [
        "real estate",
        "savings plan or life insurance",
        "car or other",
        "unknown or none",
    ],
    "other_installment_plans": ["bank", "stores", "none"],
    "housing": ["rent", "own", "for free"],
    "job": [
        "unemployed, or unskilled and not resident",
        "unskilled, resident",
        "skilled employee or official",
        "management, self-employed or highly qualified",
    ],
    "telephone": ["no", "yes"],
    "foreign_worker": ["yes", "no"],
}


def german_credit(files: Files) -> pd.DataFrame:
    """German credit: names for the columns, words for the codes, 1 for a bad risk."""
    import pandas as pd

    (content,) = files.values()
    raw = pd.read_csv(io.BytesIO(content), sep=" ", header=None, names=_GERMAN_COLUMNS)
    raw["sex"] = _labels(
        raw["personal_status"], {"A91": "male", "A92": "female", "A93": "male", "A94": "male"}
    )
    for number, column in enumerate(_GERMAN_COLUMNS, start=1):
        meaning = _GERMAN_CODES.get(column)
        if isinstance(meaning, list):  # code A<column number><1, 2, ...>; A30 alone starts at 0
            first = 0 if column == "credit_history" else 1
            meaning = {f"A{number}{first + i}": text for i, text in enumerate(meaning)}
        if meaning is not None:
            raw[column] = _labels(raw[column], meaning)
    raw["bad_risk"] = raw["bad_risk"] - 1
    return raw


_ADULT_COLUMNS = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education_num",
    "marital_status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital_gain",
    "capital_loss",
    "hours_per_week",
    "native_country",
    "high_income",
]


def adult(files: Files) -> pd.DataFrame:
    """Adult: the training rows, then the test rows; a question mark becomes "unknown"."""
    import pandas as pd

    train, test = (
        pd.read_csv(
            io.BytesIO(content),
            header=None,
            names=_ADULT_COLUMNS,
            skipinitialspace=True,
            comment="|",  # the test file opens with a comment line
        )
        for content in files.values()
    )
    raw = pd.concat([train, test], ignore_index=True).drop(columns="fnlwgt")
    raw["high_income"] = raw["high_income"].str.startswith(">50K").astype("int64")
    for column in raw.select_dtypes(exclude="number"):
        raw[column] = raw[column].replace("?", "unknown").astype("category")
    return raw


_COMPAS_FILTER = ["days_b_screening_arrest", "is_recid", "score_text", "c_charge_degree"]


def compas(files: Files) -> pd.DataFrame:
    """COMPAS: the published filter; columns that name or locate a person are never parsed."""
    import pandas as pd

    counts = ["priors_count", "juv_fel_count", "juv_misd_count", "juv_other_count"]
    kept = [*counts, "decile_score", "v_decile_score", "sex", "race", "age", "two_year_recid"]
    (content,) = files.values()
    raw = pd.read_csv(io.BytesIO(content), usecols=[*kept, *_COMPAS_FILTER])
    near = raw["days_b_screening_arrest"].between(-30, 30)
    known = (raw["is_recid"] != -1) & (raw["c_charge_degree"] != "O") & raw["score_text"].notna()
    rows = raw[near & known].reset_index(drop=True)
    degree = _labels(rows["c_charge_degree"], {"F": "felony", "M": "misdemeanour"})
    rows = rows[kept].assign(charge_degree=degree)
    return rows.astype({"sex": "category", "race": "category"})


# Columns of the published table that are kept, and the names they get.
_RESUME_COLUMNS = {
    "job_ad_id": "ad",
    "job_city": "city",
    "job_industry": "industry",
    "job_type": "occupation",
    "job_equal_opp_employer": "equal_opportunity",
    "years_college": "years_college",
    "college_degree": "college_degree",
    "years_experience": "years_experience",
    "honors": "honors",
    "worked_during_school": "worked_during_school",
    "computer_skills": "computer_skills",
    "special_skills": "special_skills",
    "volunteer": "volunteer",
    "military": "military",
    "employment_holes": "employment_holes",
    "has_email_address": "email",
    "resume_quality": "quality",
    "firstname": "first_name",
    "race": "name_group",
    "gender": "sex_of_name",
    "received_callback": "called_back",
}


def audit_resumes(files: Files) -> pd.DataFrame:
    """Résumés sent to advertisements: readable names, and words for the codes."""
    from lablib.data.frames import read_frame

    (content,) = files.values()
    raw = read_frame(content)[list(_RESUME_COLUMNS)].rename(columns=_RESUME_COLUMNS)
    raw["name_group"] = _labels(raw["name_group"], {"black": "Black", "white": "white"})
    raw["sex_of_name"] = _labels(raw["sex_of_name"], {"f": "female", "m": "male"})
    for column in ("city", "industry", "occupation", "quality", "first_name"):
        raw[column] = raw[column].str.replace("_", " ").astype("category")
    return raw


TIDY: dict[str, Callable[[Files], pd.DataFrame]] = {
    "credit-default": credit_default,
    "german-credit": german_credit,
    "adult": adult,
    "compas": compas,
    "audit-resumes": audit_resumes,
}


def _from_indicators(raw: pd.DataFrame, prefix: str, *, classes: int) -> pd.Series[int]:
    """One column of codes from the 0/1 columns `<prefix>0 ... <prefix><classes - 1>`."""
    import pandas as pd

    indicators = raw[[f"{prefix}{code}" for code in range(classes)]].to_numpy()
    if not (indicators.sum(axis=1) == 1).all():
        raise ValueError(f"columns {prefix}*: each row must have exactly one 1.")
    return pd.Series(indicators.argmax(axis=1), index=raw.index)


def _labels(column: pd.Series, meaning: Mapping[Any, str]) -> pd.Series:
    """Words for codes, as a categorical column; a code without a meaning is an error."""
    words = column.map(meaning)
    if words.isna().any():
        unknown = column[words.isna()].iloc[0]
        raise ValueError(f"column {column.name}: code {unknown!r} has no known meaning.")
    return words.astype("category")
