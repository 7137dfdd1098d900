"""A client of the emulator's own API, with nothing but the standard library."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Dict, Union

from .seeds import Seed, with_files

Json = Dict[str, Any]
#: Seconds, a text such as ``"90m"``, or a timedelta.
Duration = Union[int, float, str, timedelta]
#: ISO 8601, a datetime with a time zone, or milliseconds since the epoch.
Instant = Union[int, str, datetime]

#: Moving the clock by years does years of work.
_TIMEOUT_S = 600


class AdminError(Exception):
    """The emulator has refused something. ``path`` leads to the member of the body that is wrong."""

    def __init__(self, status: int, error: str, hint: str | None = None, path: str | None = None) -> None:
        super().__init__(f"{error} {hint}" if hint else error)
        self.status = status
        self.error = error
        self.hint = hint
        self.path = path


class Admin:
    """``/_kvs`` of an emulator. What makes no sense is refused with an AdminError and changes nothing."""

    def __init__(self, url: str, *, token: str | None = None, ca: str | None = None) -> None:
        """``token`` is the emulator's admin token; ``ca`` is PEM to trust for https."""
        self.url = url.rstrip("/")
        self._token = token
        self._tls = ssl.create_default_context(cadata=ca) if ca is not None else None
        # A proxy of the machine has nothing to do with an emulator.
        handlers: list[Any] = [urllib.request.ProxyHandler({})]
        if self._tls is not None:
            handlers.append(urllib.request.HTTPSHandler(context=self._tls))
        self._opener = urllib.request.build_opener(*handlers)
        self.clock = Clock(self)
        self.faults = Faults(self)
        self.limits = Limits(self)
        self.credentials = Credentials(self)
        self.requests = Requests(self)

    def health(self) -> Json:
        return self.ask("GET", "/health")

    def ca(self) -> str:
        """What to trust for https, as PEM."""
        return self._send("GET", "/ca.pem", None, None).decode()

    def reset(
        self,
        *,
        account: str | None = None,
        region: str | None = None,
        keep_clock: bool = False,
        delete_data: bool = False,
    ) -> int:
        """As it was started; or what is of an account, a region or both is forgotten. Says how many streams have gone.

        Where a data folder would lose what is in it, ``delete_data`` says that this is meant.
        """
        kept = {"clock": "keep" if keep_clock else None, "data": "delete" if delete_data else None}
        query = {"account": account, "region": region, **kept}
        return int(self.ask("POST", "/reset", query=query)["streams"])

    def seed(
        self, seed: Seed, *, account: str | None = None, region: str | None = None, folder: str | Path = "."
    ) -> Json:
        """Makes what a seed says. Recordings that it names, by their paths from ``folder``, are sent along."""
        query = {"account": account, "region": region}
        return self.ask("POST", "/seed", with_files(seed, folder), query=query)

    def ask(
        self, method: str, path: str, body: object = None, *, query: Mapping[str, object] | None = None
    ) -> Json:
        """Any route of ``/_kvs``: ``admin.ask("GET", "/channels")``."""
        answer: Json = json.loads(self._send(method, path, body, query) or b"{}")
        return answer

    def _send(self, method: str, path: str, body: object, query: Mapping[str, object] | None) -> bytes:
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        url = f"{self.url}/_kvs{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("content-type", "application/json")
        if self._token is not None:
            request.add_header("authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as refusal:
            raise _refused(refusal.code, refusal.read()) from None


class Clock:
    """Emulated time. Moving it comes back when all that became due is done."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def state(self) -> Json:
        return self._admin.ask("GET", "/clock")

    def now(self) -> datetime:
        return datetime.fromisoformat(self.state()["now"].replace("Z", "+00:00"))

    def advance(self, duration: Duration) -> Json:
        return self.change(advance=_duration(duration))

    def set(self, time: Instant) -> Json:
        return self.change(set=_instant(time))

    def freeze(self) -> Json:
        return self.change(mode="frozen")

    def run(self, rate: float | None = None) -> Json:
        return self.change(mode="running") if rate is None else self.change(rate=rate)

    def change(self, **members: object) -> Json:
        """``advance`` alone, or any of ``set``, ``mode`` and ``rate`` together."""
        return self._admin.ask("POST", "/clock", members)


class Faults:
    """Rules that make the service fail on purpose."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def list(self, *, set: str | None = None, account: str | None = None, region: str | None = None) -> Sequence[Json]:
        query = {"set": set, "account": account, "region": region}
        return _faults(self._admin.ask("GET", "/faults", query=query))

    def get(self, id: str) -> Json:
        return self._admin.ask("GET", f"/faults/{_segment(id)}")

    def add(self, effect: Mapping[str, object], match: Mapping[str, object] | None = None, *, id: str | None = None) -> Json:
        """One rule: ``faults.add({"status": 503}, {"operation": "PutMedia"})``."""
        rule = {"id": id, "match": match, "effect": effect}
        given = {name: value for name, value in rule.items() if value is not None}
        return _faults(self._admin.ask("POST", "/faults", given))[0]

    def add_all(self, rules: Sequence[Mapping[str, object]]) -> Sequence[Json]:
        """Several, all or none."""
        return _faults(self._admin.ask("POST", "/faults", list(rules)))

    def replace(self, rules: Sequence[Mapping[str, object]]) -> Sequence[Json]:
        return _faults(self._admin.ask("PUT", "/faults", list(rules)))

    def remove(self, id: str) -> None:
        self._admin.ask("DELETE", f"/faults/{_segment(id)}")

    def clear(self, *, set: str | None = None, account: str | None = None, region: str | None = None) -> int:
        query = {"set": set, "account": account, "region": region}
        return int(self._admin.ask("DELETE", "/faults", query=query)["faults"])

    def sets(self) -> Sequence[Json]:
        sets: Sequence[Json] = self._admin.ask("GET", "/faults/sets")["sets"]
        return sets

    def add_set(self, name: str, match: Mapping[str, object] | None = None) -> Sequence[Json]:
        return _faults(self._admin.ask("POST", f"/faults/sets/{_segment(name)}", match or {}))


class Limits:
    """How much is let through. Numbers go by their names: ``limits.change(overrides={"GetMedia.rate": 1})``."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def get(self, *, account: str | None = None, region: str | None = None) -> Json:
        return self._admin.ask("GET", "/limits", query={"account": account, "region": region})

    def set(self, *, account: str | None = None, region: str | None = None, **members: object) -> Json:
        return self._admin.ask("PUT", "/limits", members, query={"account": account, "region": region})

    def change(self, *, account: str | None = None, region: str | None = None, **members: object) -> Json:
        return self._admin.ask("PATCH", "/limits", members, query={"account": account, "region": region})

    def stream(self, name: str, **where: str) -> Json:
        return self._admin.ask("GET", f"/limits/{_segment(name)}", query=where)

    def set_stream(
        self, name: str, *, account: str | None = None, region: str | None = None, **members: object
    ) -> Json:
        query = {"account": account, "region": region}
        return self._admin.ask("PUT", f"/limits/{_segment(name)}", members, query=query)

    def forget_stream(self, name: str, **where: str) -> Json:
        return self._admin.ask("DELETE", f"/limits/{_segment(name)}", query=where)


class Credentials:
    """Who may sign requests."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def get(self) -> Json:
        return self._admin.ask("GET", "/credentials")

    def set(self, credentials: Mapping[str, object]) -> Json:
        return self._admin.ask("PUT", "/credentials", credentials)

    def change(self, credentials: Mapping[str, object]) -> Json:
        return self._admin.ask("PATCH", "/credentials", credentials)


class Requests:
    """The last 1,000 requests. Filters are ``operation``, ``stream``, ``channel``, ``status``, ``since``, ``account``, ``region``."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def list(self, **filters: object) -> Sequence[Json]:
        return self._all(filters, {})

    def wait_for(self, *, count: int = 1, timeout: Duration = "10s", **filters: object) -> Sequence[Json]:
        """The first ``count`` that match and are answered. Raises TimeoutError if they do not come in ``timeout`` of real time."""
        found = [
            request
            for request in self._all(filters, {"wait": _duration(timeout), "count": count})
            if request["status"] is not None or request["ms"] is not None
        ]
        if len(found) < count:
            raise TimeoutError(f"{len(found)} of {count} requests came within {timeout}.")
        return found[:count]

    def clear(self) -> None:
        self._admin.ask("DELETE", "/requests")

    def _all(self, filters: Mapping[str, object], waiting: Mapping[str, object]) -> Sequence[Json]:
        found: list[Json] = []
        query: Mapping[str, object] = {**filters, **waiting}
        while True:
            page = self._admin.ask("GET", "/requests", query=query)
            found.extend(page["requests"])
            if page["next"] is None or "limit" in filters:
                return found
            query = {**filters, "after": page["next"]}


def _faults(answer: Json) -> Sequence[Json]:
    faults: Sequence[Json] = answer["faults"]
    return faults


def _segment(name: str) -> str:
    return urllib.parse.quote(name, safe="")


def _text(value: object) -> str:
    return str(_instant(value)) if isinstance(value, datetime) else str(value)


def _duration(value: Duration) -> int | float | str:
    return value.total_seconds() if isinstance(value, timedelta) else value


def _instant(value: Instant) -> int | str:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: say which one is meant, as datetime(..., tzinfo=timezone.utc).")
    return value.isoformat()


def _refused(status: int, content: bytes) -> AdminError:
    try:
        said = json.loads(content)
        return AdminError(status, said["error"], said.get("hint"), said.get("path"))
    except (ValueError, KeyError, TypeError):
        return AdminError(status, content.decode(errors="replace")[:500] or f"It answered with {status}.")
