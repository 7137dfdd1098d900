"""Seeds, with the recordings that they name in them: where the emulator runs those may not be."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Dict, Union

Seed = Mapping[str, Any]
#: A seed, or the path of a file with one or of a folder of such files.
Seeds = Union[Seed, str, Path]


def with_files(seed: Seed, folder: str | Path = ".") -> Seed:
    """Recordings are read by their paths from ``folder``. What is not there raises an OSError."""
    given: Mapping[str, str] = seed.get("files") or {}
    read: Dict[str, str] = {
        name: base64.b64encode((Path(folder) / name).read_bytes()).decode() for name in _files(seed) if name not in given
    }
    return {**seed, "files": {**given, **read}} if read else seed


def all_of(seeds: Seeds) -> list[Seed]:
    """Each with its recordings in it; those of a folder in the order of their names."""
    if isinstance(seeds, Mapping):
        return [with_files(seeds)]
    path = Path(seeds)
    paths = sorted(path.glob("[!.]*.json")) if path.is_dir() else [path]
    return [with_files(json.loads(one.read_text()), one.parent) for one in paths]


def _files(seed: Seed) -> Iterator[str]:
    accounts = [part for regions in (seed.get("accounts") or {}).values() for part in regions.values()]
    for part in (seed, *accounts):
        for stream in part.get("streams") or []:
            for media in stream.get("media") or []:
                if "file" in media:
                    yield media["file"]
