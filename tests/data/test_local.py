import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data import DataError, Splits, TaggedData, read_conll, read_text_csv
from lablib.data.conll import parse_conll, to_iob2

CONLL = "-DOCSTART- -X- O\n\nAda NNP B-per\nLovelace NNP I-per\nwrote VB O\n\n# NN O\nUK NN B-loc\n"


def test_a_file_is_read(tmp_path):
    path = tmp_path / "notes.conll"
    path.write_text(CONLL)
    data = read_conll(path)
    assert isinstance(data, TaggedData)
    assert data.sentences == (("Ada", "Lovelace", "wrote"), ("#", "UK"))
    assert data.tags == (("B-per", "I-per", "O"), ("O", "B-loc"))
    assert (data.name, data.types) == ("notes", ("loc", "per"))
    assert read_conll(path, token_column=1).sentences[0] == ("NNP", "NNP", "VB")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("I-x I-x O I-y", "B-x I-x O B-y"),  # IOB1
        ("I-x B-x I-x", "B-x B-x I-x"),  # IOB1, two entities touch
        ("I-x I-y", "B-x B-y"),
        ("B-x E-x S-x S-x O", "B-x I-x B-x B-x O"),  # BIOES
        ("B-x I-x L-x U-y", "B-x I-x I-x B-y"),  # BILOU
        ("E-x E-x", "B-x B-x"),  # broken, still two entities
        ("B-x I-y I-x", "B-x B-y B-x"),
        ("B-a-b I-a-b", "B-a-b I-a-b"),
    ],
)
def test_schemes_become_iob2(tags, expected):
    assert to_iob2(tags.split()) == tuple(expected.split())


def bioes(tags):
    """IOB2 to BIOES by the definition, token by token."""
    made = []
    for i, tag in enumerate(tags):
        ends = i + 1 == len(tags) or tags[i + 1] != f"I-{tag[2:]}"
        swap = {("B", True): "S", ("I", True): "E"}
        made.append(tag if tag == "O" else f"{swap.get((tag[0], ends), tag[0])}-{tag[2:]}")
    return made


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["O", "B-x", "I-x", "B-y", "I-y"]), max_size=12))
def test_iob2_is_a_fixed_point_and_survives_bioes(raw):
    tags = to_iob2(raw)
    assert to_iob2(tags) == tags
    assert to_iob2(bioes(tags)) == tags


def test_a_folder_gives_three_parts_with_shared_types(tmp_path):
    (tmp_path / "train.txt").write_text("a\tB-x\n")
    (tmp_path / "dev.txt").write_text("b\tB-y\n")
    (tmp_path / "test.txt").write_text("c\tO\n")
    (tmp_path / "README.md").write_text("not data")
    parts = read_conll(tmp_path)
    assert isinstance(parts, Splits)
    assert parts.validation.sentences == (("b",),)
    assert parts.train.types == parts.validation.types == parts.test.types == ("x", "y")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"train.txt": "a O"}, "holds no validation part; put validation.txt or valid.txt or dev"),
        ({"train.txt": "a O", "train.bio": "a O"}, "train.bio and train.txt; keep one"),
        ({"train.txt": ""}, "train.txt holds no sentence"),
        ({"train.txt": "a O\nb\n"}, "line 2: 'b' has 1 column"),
        ({"train.txt": "a O\n\nb per\n"}, "line 3: tag 'per' is neither 'O' nor one of B, I"),
        ({"train.txt": "a B-"}, "line 1: tag 'B-' is neither"),
    ],
)
def test_a_broken_folder_is_named(tmp_path, files, message):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=message):
        read_conll(tmp_path)


def test_a_missing_path_and_another_encoding_are_named(tmp_path):
    with pytest.raises(DataError, match="nowhere does not exist"):
        read_conll(tmp_path / "nowhere")
    (tmp_path / "latin.txt").write_bytes("café O".encode("latin-1"))
    with pytest.raises(DataError, match="is not UTF-8 text"):
        read_conll(tmp_path / "latin.txt")


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(DataError, match=r"demo, line 1: .* expected at least 4"):
        parse_conll("a O", where="demo", token_column=3)


def test_a_table_of_texts_is_read(tmp_path):
    path = tmp_path / "mail.csv"
    path.write_text('\ufefftext,kind,who\n"Hello,\nyou",ham,a\nWin!, spam ,b\n', encoding="utf-8")
    data = read_text_csv(path, text="text", label="kind")
    assert data.texts == ("Hello,\nyou", "Win!")
    assert data.classes == ("ham", "spam")
    assert data.target.tolist() == [0, 1]
    assert data.table.to_dict("list") == {"who": ["a", "b"]}
    tabs = tmp_path / "mail.tsv"
    tabs.write_text("a\tb\n1, 2\tx\n")
    assert read_text_csv(tabs, text="a", label="b").texts == ("1, 2",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,kind\n", "holds no row"),
        ("text,class\na,b\n", "has no column 'kind'; its columns are text, class"),
        ("text,kind\na,b\n,c\n", "line 3: column 'text' is empty"),
        ("text,kind\na,b\nc,d,e\n", "line 3: the row has more or fewer columns"),
        ("text,kind\na\n", "line 2: the row has more or fewer columns"),
        ('text,kind\n"a"b,c\n', "cannot be read as a UTF-8 table"),
        (None, "cannot be read as a UTF-8 table"),
    ],
)
def test_a_broken_table_is_named(tmp_path, content, message):
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(DataError, match=message):
        read_text_csv(path, text="text", label="kind")
