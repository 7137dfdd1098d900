import pytest

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def kvs_emulator_options():
    return {"clock": "frozen", "start_time": "2030-01-01T00:00:00Z", "random_seed": 7}
