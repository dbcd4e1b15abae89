"""`lablib explain` from end to end, on files: a pickled, an exported and a scripted model."""

import joblib
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("captum")

from torch import nn  # noqa: E402

from lablib import cli  # noqa: E402

FAST = ["--rows", "10"]
NUMBERS = ["late", "money"]


@pytest.fixture(scope="module")
def files(tmp_path_factory, table, estimator):
    folder = tmp_path_factory.mktemp("explain")
    joblib.dump(estimator, folder / "model.joblib")
    table.to_csv(folder / "table.csv", index=False)
    torch.manual_seed(0)
    network = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    rows = torch.tensor(table[NUMBERS].to_numpy(), dtype=torch.float32)
    labels = torch.tensor((table["bad"] == "yes").to_numpy(), dtype=torch.float32)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.05)
    for _ in range(60):
        loss = nn.functional.binary_cross_entropy_with_logits(network(rows)[:, 0], labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.eval()
    many = {0: torch.export.Dim("rows")}
    torch.export.save(
        torch.export.export(network, (rows[:3],), dynamic_shapes=(many,)), folder / "net.pt2"
    )
    return folder, network, rows


def command(folder, model, *words):
    return ["explain", "--model", str(folder / model), "--data", str(folder / "table.csv"),
            "--target", "bad", "--out", str(folder / f"{model}.html"), *FAST, *words]  # fmt: skip


def test_an_estimator_in_one_command(files, capsys):
    folder = files[0]
    words = ["--trust-model", "--group", "sex", "--actionable", "late, money", "--refused", "yes"]
    assert cli.main(command(folder, "model.joblib", *words)) == 0
    out = capsys.readouterr().out
    assert "AUROC 0." in out
    assert "was loaded as trusted code" in out
    assert f"written: {folder / 'model.joblib.html'}" in out
    text = (folder / "model.joblib.html").read_text()
    assert "Recourse by group" in text
    assert "sha256" in text


def test_without_trust_nothing_is_loaded_or_written(files, capsys):
    folder = files[0]
    assert cli.main(command(folder, "model.joblib", "--out", str(folder / "no.html"))) == 2
    assert "LOADING A MODEL FILE RUNS CODE" in capsys.readouterr().err
    assert not (folder / "no.html").exists()


def test_an_exported_network_in_one_command(files, capsys):
    folder = files[0]
    assert cli.main(command(folder, "net.pt2", "--trust-model", "--features", "late,money")) == 0
    out = capsys.readouterr().out
    assert "integrated-gradients" in out
    assert "the model beats that answer" in out


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_scripted_network_says_the_same(files, capsys):
    folder, network, rows = files
    torch.jit.save(torch.jit.trace(network, rows[:3]), folder / "net.pt")
    words = ["--trust-model", "--features", "late,money"]
    assert cli.main(command(folder, "net.pt", *words)) == 0
    scripted = capsys.readouterr().out.splitlines()[0]
    assert cli.main(command(folder, "net.pt2", *words)) == 0
    assert capsys.readouterr().out.splitlines()[0] == scripted


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--target", "good"], "target is 'good'; the table has the columns late"),
        (["--out", "table.csv"], "a report is a file that ends in .html"),
        (["--data", "nowhere.csv"], "is no file"),
        (["--features", "late"], "the model takes 4 features, the table offers 1"),
        (["--positive", "perhaps"], "'perhaps' is no value of the target"),
        (["--rows", "1"], "rows is 1; it must be at least 10"),
    ],
)
def test_wrong_input_is_one_sentence(files, capsys, words, sentence):
    assert cli.main(command(files[0], "model.joblib", "--trust-model", *words)) == 2
    message = capsys.readouterr().err
    assert sentence in message
    assert "Traceback" not in message


def test_an_export_of_fixed_size_is_explained(files, capsys):
    folder, network, rows = files
    fixed = torch.export.export(network, (rows[:3],))
    torch.export.save(fixed, folder / "fixed.pt2")
    words = ["--trust-model", "--features", "late,money"]
    assert cli.main(command(folder, "fixed.pt2", *words)) == 2
    assert "any number of rows" in capsys.readouterr().err
