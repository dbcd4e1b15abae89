"""Hand-made rows in the layout of each published file."""

import pytest

from lablib.data import card
from lablib.data.tidy import TIDY, adult, compas, credit_default, german_credit

HEAD = (
    "ID,LIMIT_BAL,SEX,AGE,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6,"
    + ",".join(f"BILL_AMT{i}" for i in range(1, 7))
    + ","
    + ",".join(f"PAY_AMT{i}" for i in range(1, 7))
    + ",default-payment-next-month,"
    + ",".join(f"EDUCATION_{i}" for i in range(7))
    + ","
    + ",".join(f"MARRIAGE_{i}" for i in range(4))
)
MONEY = "3913,3102,689,0,0,0,0,689,0,0,0,0"


def credit(*rows: str):
    return credit_default({"f.csv": "\n".join([HEAD, *rows]).encode()})


def test_credit_default_by_hand():
    table = credit(
        f"1,20000,1,24,2,2,-1,-1,-2,-2,{MONEY},1,0,0,1,0,0,0,0,0,1,0,0",
        f"2,50000,0,57,-1,0,-1,0,0,0,{MONEY},0,0,0,0,0,0,1,0,1,0,0,0",
    )
    assert list(table["education"]) == [2, 4]  # university; the unexplained code 5 becomes 4
    assert list(table["marriage"]) == ["married", "other"]
    assert list(table["sex"]) == ["female", "male"]
    assert list(table["default"]) == [1, 0]
    assert set(table) == set(card("credit-default").columns)


def test_a_row_with_two_educations_is_refused():
    with pytest.raises(ValueError, match=r"columns education_\*: each row must have exactly one 1"):
        credit(f"1,20000,1,24,2,2,-1,-1,-2,-2,{MONEY},1,0,1,1,0,0,0,0,0,1,0,0")


def test_german_credit_by_hand():
    row = b"A13 24 A30 A410 900 A65 A75 4 A94 A103 4 A124 40 A141 A153 1 A171 2 A191 A202 2\n"
    (made,) = german_credit({"german.data": row}).to_dict("records")
    assert made == {
        "checking_account": "200 DM or more, or salary",
        "duration": 24,
        "credit_history": "no other loans, or all repaid",
        "purpose": "other",
        "amount": 900,
        "savings": "unknown or none",
        "employment": "7 years or more",
        "installment_rate": 4,
        "personal_status": "male, married or widowed",
        "other_debtors": "guarantor",
        "residence_since": 4,
        "property": "unknown or none",
        "age": 40,
        "other_installment_plans": "bank",
        "housing": "for free",
        "existing_credits": 1,
        "job": "unemployed, or unskilled and not resident",
        "dependants": 2,
        "telephone": "no",
        "foreign_worker": "no",
        "bad_risk": 1,
        "sex": "male",
    }
    assert set(made) == set(card("german-credit").columns)


def test_adult_by_hand():
    train = (
        b"39, ?, 77516, HS-grad, 9, Divorced, ?, Unmarried, White, Female, 0, 0, 40, ?, >50K\n\n"
    )
    test = (
        b"|1x3 Cross validator\n"
        b"25, Private, 1, 11th, 7, Widowed, Sales, Own-child, Black, Male, 0, 0, 40, Cuba, <=50K.\n"
        b"26, Private, 1, 11th, 7, Widowed, Sales, Own-child, Black, Male, 0, 0, 40, Cuba, >50K.\n"
    )
    table = adult({"adult.data": train, "adult.test": test})
    assert list(table["age"]) == [39, 25, 26]
    assert list(table["high_income"]) == [1, 0, 1]
    assert list(table["occupation"]) == ["unknown", "Sales", "Sales"]
    assert set(table) == set(card("adult").columns)


def test_compas_by_hand():
    """Only the first row passes the published filter: the others are too far, unflagged or "O"."""
    head = (
        "id,name,sex,age,race,juv_fel_count,decile_score,juv_misd_count,juv_other_count,"
        "priors_count,days_b_screening_arrest,c_charge_degree,is_recid,score_text,v_decile_score,"
        "two_year_recid"
    )
    rows = [
        "1,someone,Male,30,Other,0,7,0,0,2,-30,F,1,High,5,1",
        "2,someone,Male,30,Other,0,7,0,0,2,31,F,1,High,5,1",
        "3,someone,Male,30,Other,0,7,0,0,2,0,F,-1,High,5,1",
        "4,someone,Male,30,Other,0,7,0,0,2,0,O,1,High,5,1",
        "5,someone,Male,30,Other,0,7,0,0,2,0,M,1,N/A,5,1",
        "6,someone,Male,30,Other,0,7,0,0,2,,M,1,Low,5,1",
    ]
    table = compas({"compas.csv": "\n".join([head, *rows]).encode()})
    assert len(table) == 1
    assert table["charge_degree"].tolist() == ["felony"]
    assert set(table) == set(card("compas").columns)
    assert "someone" not in table.to_csv()


def test_every_tabular_card_has_its_function():
    from lablib.data import cards

    assert set(TIDY) == {c.name for c in cards() if c.kind == "tabular"}
