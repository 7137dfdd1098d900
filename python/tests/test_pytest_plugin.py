import os

import pytest

SEEN = """
    import json
    from urllib.request import Request, urlopen
    seen = []

    def create(account):
        scope = f"{account.account_id}/20300101/{account.region}/kinesisvideo/aws4_request"
        signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00"
        body = json.dumps({"StreamName": "door"}).encode()
        urlopen(Request(account.endpoint + "/createStream", data=body, headers={"authorization": signed}))

    def test_one(kvs_account):
        create(kvs_account)
        seen.append(kvs_account)

    def test_another(kvs_account, kvs_emulator):
        create(kvs_account)
        assert kvs_account.account_id != seen[0].account_id
        assert kvs_account.endpoint == seen[0].endpoint
        assert kvs_emulator.admin.requests.list(account=seen[0].account_id) == []

    def test_is_as_the_options_say(kvs_emulator):
        assert kvs_emulator.admin.clock.state()["mode"] == "frozen"
        assert kvs_emulator.admin.limits.get()["profile"] == "aws"
"""
OPTIONS = """
    import pytest

    @pytest.fixture(scope="session")
    def kvs_emulator_options():
        return {"clock": "frozen", "limits": {"profile": "aws"}, "strict": False}
"""


def test_gives_each_test_an_account_and_all_one_emulator(pytester):
    pytester.makeconftest(OPTIONS)
    pytester.makepyfile(SEEN)
    pytester.runpytest_subprocess().assert_outcomes(passed=3)


def test_starts_the_program_that_it_is_told_to(pytester, monkeypatch):
    program = os.environ.get("KVS_EMULATOR_BIN")
    if not program:
        pytest.skip("KVS_EMULATOR_BIN names no program")
    monkeypatch.delenv("KVS_EMULATOR_BIN")
    pytester.makeconftest(OPTIONS)
    pytester.makepyfile(SEEN)
    pytester.runpytest_subprocess("--kvs-bin", program).assert_outcomes(passed=3)


def test_gives_each_process_of_xdist_an_emulator(pytester):
    pytest.importorskip("xdist")
    pytester.makeconftest(OPTIONS)
    pytester.makepyfile(test_a=SEEN, test_b=SEEN)
    pytester.runpytest_subprocess("-n", "2", "--dist", "loadfile").assert_outcomes(passed=6)


def test_starts_the_container_if_it_is_told_to(pytester):
    image = os.environ.get("KVS_IMAGE")
    if not image:
        pytest.skip("KVS_IMAGE names no image")
    # Files of this machine, which the container does not see.
    pytester.makefile(".json", limits='{"profile": "aws"}', faults='{"effect": {"status": 503}, "match": {"stream": "gate"}}')
    pytester.makeconftest(OPTIONS.replace('{"profile": "aws"}', '"limits.json", "faults": "faults.json", "data_dir": "kept"'))
    pytester.makepyfile(SEEN)
    run = pytester.runpytest_subprocess("--kvs-image", image)
    run.assert_outcomes(passed=3)


def test_clients_of_boto3_are_made_with_an_account(kvs_account):
    boto3 = pytest.importorskip("boto3")
    client = boto3.client("kinesisvideo", **kvs_account.client_arguments)
    client.create_stream(StreamName="door", DataRetentionInHours=24)
    assert client.describe_stream(StreamName="door")["StreamInfo"]["Status"] == "ACTIVE"
    assert kvs_account.environment["AWS_ENDPOINT_URL"] == kvs_account.endpoint
