import boto3
import pytest

from camera import record


@pytest.fixture(scope="session")
def kvs_emulator_options():
    return {"clock": "frozen"}


def test_what_the_camera_saw_is_kept_for_a_day(kvs_account, kvs_emulator):
    session = boto3.Session(kvs_account.account_id, "test", region_name=kvs_account.region)
    kvs = session.client("kinesisvideo", endpoint_url=kvs_account.endpoint)
    kvs.create_stream(StreamName="door", DataRetentionInHours=24)

    acks = record(session, "door", "door.mkv", endpoint_url=kvs_account.endpoint)
    assert [ack["EventType"] for ack in acks].count("PERSISTED") == 4

    place = kvs.get_data_endpoint(StreamName="door", APIName="LIST_FRAGMENTS")["DataEndpoint"]
    archive = session.client("kinesis-video-archived-media", endpoint_url=place)
    times = {"StartTimestamp": 0, "EndTimestamp": "2100-01-01"}
    selector = {"FragmentSelectorType": "SERVER_TIMESTAMP", "TimestampRange": times}
    assert len(archive.list_fragments(StreamName="door", FragmentSelector=selector)["Fragments"]) == 4
    kvs_emulator.admin.clock.advance("25h")
    assert archive.list_fragments(StreamName="door", FragmentSelector=selector)["Fragments"] == []

    asked = kvs_emulator.admin.requests.list(account=kvs_account.account_id)
    assert [warning for request in asked for warning in request["warnings"]] == []  # it would work on AWS, too
