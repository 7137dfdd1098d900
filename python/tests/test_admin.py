import json
import threading
from datetime import datetime, timedelta, timezone
from urllib.request import Request, urlopen

import pytest

from kvs_emulator import Admin, AdminError

START = datetime(2030, 1, 1, tzinfo=timezone.utc)


def create(account, name):
    """CreateStream, signed for the account: nobody verifies how."""
    scope = f"{account.account_id}/20300101/{account.region}/kinesisvideo/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"
    body = json.dumps({"StreamName": name, "DataRetentionInHours": 1}).encode()
    with urlopen(Request(f"{account.endpoint}/createStream", data=body, headers={"authorization": signed})) as answer:
        return json.load(answer)["StreamARN"]


@pytest.fixture
def admin(kvs_emulator):
    yield kvs_emulator.admin
    kvs_emulator.admin.reset()


def test_moves_the_clock_in_every_way_there_is(admin):
    assert admin.clock.now() == START
    admin.clock.advance(timedelta(hours=25))
    admin.clock.advance("30m")
    assert admin.clock.now() == START + timedelta(hours=25, minutes=30)
    admin.clock.set(datetime(2031, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))))
    assert admin.clock.state()["now"] == "2031-01-01T00:00:00.000Z"
    assert admin.clock.run(60)["rate"] == 60
    assert admin.clock.change(mode="running", rate=1)["mode"] == "running"
    assert admin.clock.run()["mode"] == "running"
    assert admin.clock.freeze()["mode"] == "frozen"


def test_wants_a_time_zone(admin):
    with pytest.raises(ValueError, match="has no time zone"):
        admin.clock.set(datetime(2031, 1, 1))


def test_says_what_is_wrong_and_where(admin):
    with pytest.raises(AdminError) as refused:
        admin.faults.add({"status": 503}, {"nth": "first"})
    assert (refused.value.status, refused.value.path) == (400, "/match/nth")
    assert refused.value.hint
    with pytest.raises(AdminError, match="No|no") as missing:
        admin.faults.get("nobody")
    assert missing.value.status == 404


def test_faults_are_added_listed_and_taken_back(admin, kvs_account):
    rule = admin.faults.add({"status": 503}, {"operation": "CreateStream", "stream": "gate"}, id="no-gate")
    with pytest.raises(Exception, match="503"):
        create(kvs_account, "gate")
    assert admin.faults.get("no-gate")["fired"] == 1
    assert [one["id"] for one in admin.faults.list()] == [rule["id"]]
    added = admin.faults.add_set("outage", {"stream": "door"})
    assert {"outage"} == {one["set"] for one in admin.faults.list(set="outage")}
    assert "outage" in [one["name"] for one in admin.faults.sets()]
    assert admin.faults.clear(set="outage") == len(added)
    admin.faults.remove("no-gate")
    assert admin.faults.replace([{"effect": {"latency": 1}}, {"effect": {"status": 500}}])[1]["fired"] == 0
    assert admin.faults.clear() == 2


def test_limits_of_all_of_an_account_and_of_a_stream(admin):
    assert admin.limits.set(profile="aws")["profile"] == "aws"
    admin.limits.change(account="111111111111", overrides={"GetMedia.rate": 1})
    assert admin.limits.get(account="111111111111")["overrides"] == {"GetMedia.rate": 1}
    assert admin.limits.get()["overrides"] == {}
    assert admin.limits.set_stream("door", shards=4)["shards"] == 4
    assert admin.limits.stream("door")["shards"] == 4
    assert admin.limits.forget_stream("door")["shards"] == 1


def test_credentials(admin):
    admin.credentials.set({"accessKeys": [{"accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "s" * 20}]})
    admin.credentials.change({"roles": [{"arn": "arn:aws:iam::000000000000:role/viewer"}]})
    known = admin.credentials.get()
    assert known["accessKeys"][0]["accessKeyId"] == "AKIDEXAMPLE"
    assert known["roles"][0]["arn"].endswith(":role/viewer")


def test_requests_are_listed_and_waited_for(admin, kvs_account):
    found = []
    waiting = threading.Thread(target=lambda: found.extend(admin.requests.wait_for(stream="late", timeout="20s")))
    waiting.start()
    create(kvs_account, "late")
    waiting.join()
    assert found[0]["status"] == 200
    assert len(admin.requests.list(operation="CreateStream", account=kvs_account.account_id)) == 1
    with pytest.raises(TimeoutError, match="0 of 2"):
        admin.requests.wait_for(operation="PutMedia", count=2, timeout=0)
    admin.requests.clear()
    assert admin.requests.list() == []


def test_reads_on_where_a_page_of_requests_ends():
    asked = []

    class Paged(Admin):
        def ask(self, method, path, body=None, *, query=None):
            asked.append(dict(query))
            number = len(asked)
            page = [{"requestId": str(number), "status": 200, "ms": 1}]
            return {"requests": page, "next": str(number) if number < 3 else None}

    found = Paged("http://localhost:1").requests.wait_for(stream="door", count=3, timeout="5s")
    assert [one["requestId"] for one in found] == ["1", "2", "3"]
    assert asked == [
        {"stream": "door", "wait": "5s", "count": 3},
        {"stream": "door", "after": "1"},
        {"stream": "door", "after": "2"},
    ]


def test_reset_of_an_account_leaves_others(admin, kvs_emulator):
    one, other = kvs_emulator.account(), kvs_emulator.account("eu-west-1")
    assert f":{one.account_id}:stream/door/" in create(one, "door")
    assert ":eu-west-1:" in create(other, "door")
    assert admin.reset(account=one.account_id) == 1
    assert admin.reset(keep_clock=True) == 1


def test_health_certificate_and_any_other_route(admin):
    assert admin.health()["status"] == "ok"
    assert "BEGIN CERTIFICATE" in admin.ca()
    assert admin.ask("GET", "/channels")["channels"] == []
    secure = Admin(admin.url.replace("http:", "https:"), ca=admin.ca())
    assert secure.health()["status"] == "ok"
