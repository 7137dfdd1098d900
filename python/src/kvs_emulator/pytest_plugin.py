from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import pytest

from .account import Account
from .emulator import Emulator

if TYPE_CHECKING:
    from .container import KinesisVideoContainer

    Running = Union[Emulator, KinesisVideoContainer]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kvs-emulator")
    group.addoption("--kvs-bin", metavar="PATH", help="program that the fixture kvs_emulator starts")
    group.addoption("--kvs-image", metavar="IMAGE", help="image that it starts instead (needs testcontainers)")
    parser.addini("kvs_bin", "program that the fixture kvs_emulator starts")
    parser.addini("kvs_image", "image that it starts instead (needs testcontainers)")


@pytest.fixture(scope="session")
def kvs_emulator_options() -> dict[str, Any]:
    """What the emulator is started with, as ``Emulator(**options)``. Write a fixture of this name to change it."""
    return {}


@pytest.fixture(scope="session")
def kvs_emulator(request: pytest.FixtureRequest, kvs_emulator_options: dict[str, Any]) -> Iterator[Running]:
    """One emulator for all tests: the program, or with ``--kvs-image`` a container."""
    image = request.config.getoption("--kvs-image") or request.config.getini("kvs_image")
    if image:
        with _container(str(image), kvs_emulator_options) as container:
            yield container
        return
    command = request.config.getoption("--kvs-bin") or request.config.getini("kvs_bin") or None
    options = {**({"command": command} if command else {}), **kvs_emulator_options}
    with Emulator(**options) as emulator:
        yield emulator


@pytest.fixture
def kvs_account(kvs_emulator: Running) -> Iterator[Account]:
    """A fresh account for each test. What was made in it is gone when the test is over."""
    account = kvs_emulator.account()
    yield account
    kvs_emulator.admin.reset(account=account.account_id, delete_data=True)


def _container(image: str, options: dict[str, Any]) -> KinesisVideoContainer:
    from .container import KinesisVideoContainer

    container = KinesisVideoContainer(image)
    for name, value in options.items():
        if name == "data_dir":
            container.with_data(Path(value).absolute())
        elif name == "faults":
            faults = _read(value)
            container.with_faults(*(faults if isinstance(faults, list) else [faults]))
        elif name in ("limits", "credentials"):
            getattr(container, f"with_{name}")(_read(value))
        elif name == "seed":
            container.with_seed(value)
        elif name in ("tls_cert", "tls_key"):
            container.with_file(f"KVS_{name.upper()}", f"{name}.pem", Path(value).read_text())
        elif value is not None and value is not False:
            text = "true" if value is True else ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            container.with_env(f"KVS_{name.upper()}", str(text))
    return container


def _read(value: Any) -> Any:
    """What a file of this machine holds, if it is the path of one: the container does not see it."""
    is_path = isinstance(value, Path) or (isinstance(value, str) and value.endswith(".json"))
    return json.loads(Path(value).read_text()) if is_path else value
