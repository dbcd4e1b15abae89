import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "processes: starts several processes; takes ten seconds")
