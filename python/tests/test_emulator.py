import os
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from kvs_emulator import AdminError, Emulator, EmulatorError


def test_starts_as_it_is_told_and_stops():
    faults = [{"id": "no-gate", "match": {"stream": "gate"}, "effect": {"status": 503}}]
    options = {"admin_token": "let-me", "limits": {"profile": "aws"}, "faults": faults, "allowed_hosts": ["a.test", "b.test"]}
    with Emulator(strict=True, denial_reasons=False, **options) as emulator:
        url = emulator.url
        assert emulator.admin.limits.get()["profile"] == "aws"
        assert emulator.admin.faults.list()[0]["id"] == "no-gate"
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{url}/_kvs/clock")
    with pytest.raises(URLError):
        urlopen(f"{url}/_kvs/health")
    with pytest.raises(EmulatorError, match="not running"):
        _ = emulator.url


def test_begins_with_a_seed_whose_recordings_are_here(tmp_path, monkeypatch):
    folder = Path(__file__).parents[2] / "fixtures" / "media"
    media = [{"file": "h264-aac-gop1s.mkv", "ago": "1h", "loop": 2}]
    seed = {"streams": [{"name": "door", "retention": "24h", "media": media}]}
    monkeypatch.chdir(folder)
    with Emulator(seed=seed) as emulator:
        count = emulator.admin.ask("GET", "/streams/door")["fragments"]
        assert count > 2
        yard = {"streams": [{**seed["streams"][0], "name": "yard"}]}
        assert emulator.admin.seed(yard) == {**emulator.admin.seed(yard), "streams": 1, "fragments": count, "left": []}
        with pytest.raises(AdminError) as refused:
            emulator.admin.seed({"streams": [{"name": "a b"}]})
        assert refused.value.path == "/streams/0/name"
        with pytest.raises(OSError):
            emulator.admin.seed(yard, folder=tmp_path)
    (tmp_path / "seed.json").write_text('{"streams": [{"name": "attic"}]}')
    with Emulator(seed=tmp_path) as emulator:
        assert [one["name"] for one in emulator.admin.ask("GET", "/streams")["streams"]] == ["attic"]


def test_several_run_at_once():
    with Emulator() as one, Emulator() as other:
        assert one.url != other.url
        one.stop()
        one.start()
        assert one.admin.health()["status"] == "ok"


def test_says_what_the_program_says_if_it_does_not_start():
    with pytest.raises(EmulatorError, match="--clock"):
        Emulator(clock="sideways").start()
    with pytest.raises(EmulatorError, match="cannot be run: No such file"):
        Emulator(command="/nowhere/kvs-emulator").start()


def test_is_found_in_node_modules_or_says_where_to_have_it_from(tmp_path, monkeypatch):
    monkeypatch.delenv("KVS_EMULATOR_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    with pytest.raises(EmulatorError, match="Install the package with npm"):
        Emulator()
    program = tmp_path / "node_modules" / ".bin" / "kvs-emulator"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho it was found >&2\nexit 1\n")
    os.chmod(program, 0o755)
    with pytest.raises(EmulatorError, match="it was found"):
        Emulator().start()
