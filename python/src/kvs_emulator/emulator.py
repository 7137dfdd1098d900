from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Union

from .account import Account
from .admin import Admin

#: A path of a program, or the program with its first arguments: ``["node", "dist/main.js"]``.
Command = Union[str, Sequence[str]]

_READY_S = 30
_STOP_S = 10


class EmulatorError(Exception):
    """The emulator does not start."""


class Emulator:
    """Runs the emulator's program on a free port, for as long as the ``with`` block lasts, or until ``stop()``.

    Options are those of ``kvs-emulator start``: ``Emulator(clock="frozen", random_seed=1, strict=True)``. ``limits``,
    ``faults``, ``credentials`` and ``seed`` may be what the file holds instead of its path. The program is ``command``, or the
    variable KVS_EMULATOR_BIN, or ``kvs-emulator`` on the PATH or in ``node_modules`` here or above.
    """

    def __init__(self, *, command: Command | None = None, **options: object) -> None:
        self._command = _command(command)
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._url: str | None = None

    def start(self) -> Emulator:
        if self._process is not None:
            return self
        self._folder = tempfile.TemporaryDirectory(prefix="kvs-emulator-")
        folder = Path(self._folder.name)
        ready, log = folder / "ready.json", folder / "log"
        try:
            flags = _flags({"port": 0, "log_level": "warn", **self._options, "ready_file": str(ready)}, folder)
            with log.open("wb") as output:
                self._process = subprocess.Popen(
                    [*self._command, "start", *flags], stdin=subprocess.DEVNULL, stdout=output, stderr=output
                )
            deadline = time.monotonic() + _READY_S
            while not ready.exists():
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise EmulatorError(f"The emulator does not start: {log.read_text(errors='replace').strip()}")
                time.sleep(0.01)
            self._url = json.loads(ready.read_text())["url"]
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError):
                raise EmulatorError(f"{self._command[0]} cannot be run: {error.strerror}.") from error
            raise
        return self

    def stop(self) -> None:
        process, self._process, self._url = self._process, None, None
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The endpoint of AWS clients."""
        if self._url is None:
            raise EmulatorError("The emulator is not running: call start(), or use it in a with block.")
        return self._url

    @property
    def admin(self) -> Admin:
        token = self._options.get("admin_token")
        return Admin(self.url, token=None if token is None else str(token))

    def account(self, region: str = "us-east-1") -> Account:
        """A fresh one, which nobody else uses."""
        return Account.fresh(self.url, region)


def _command(given: Command | None) -> list[str]:
    if given is not None:
        return _program(given) if isinstance(given, str) else list(given)
    named = os.environ.get("KVS_EMULATOR_BIN")
    if named:
        return _program(named)
    here = Path.cwd()
    local = (folder / "node_modules" / ".bin" / "kvs-emulator" for folder in (here, *here.parents))
    found = next((str(path) for path in local if path.exists()), None) or shutil.which("kvs-emulator")
    if found is None:
        raise EmulatorError(
            "There is no program kvs-emulator on the PATH or in node_modules. Install the package with npm, or say where "
            "it is: KVS_EMULATOR_BIN, or Emulator(command=...)."
        )
    return _program(found)


def _program(path: str) -> list[str]:
    """A script of Node has Node run it: not every system knows how by itself."""
    return ["node", path] if path.endswith((".js", ".mjs", ".cjs")) else [path]


def _flags(options: Mapping[str, object], folder: Path) -> list[str]:
    flags: list[str] = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is None or value is False:
            continue
        if value is True:
            flags.append(flag)
        elif name in ("limits", "faults", "credentials") and not isinstance(value, (str, os.PathLike)):
            file = folder / f"{name}.json"
            file.write_text(json.dumps(value))
            file.chmod(0o600)
            flags += [flag, str(file)]
        elif name == "seed" and isinstance(value, Mapping):
            # In one piece: its recordings are where the program is started.
            flags += [flag, json.dumps(value)]
        elif isinstance(value, (list, tuple)):
            flags += [flag, ",".join(map(str, value))]
        else:
            flags += [flag, str(value)]
    return flags
