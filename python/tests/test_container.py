import os
import ssl
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

IMAGE = os.environ.get("KVS_IMAGE", "")
pytestmark = pytest.mark.skipif(IMAGE == "", reason="KVS_IMAGE names no image")
pytest.importorskip("testcontainers")


def started():
    from kvs_emulator import KinesisVideoContainer

    return KinesisVideoContainer(IMAGE)


def test_is_started_as_it_is_told():
    key = {"accessKeyId": "AKIDCAMERA0001", "secretAccessKey": "x" * 40}
    container = (
        started()
        .with_region("eu-west-1")
        .with_account("123456789012")
        .with_auth("sigv4")
        .with_credentials({"accessKeys": [key]})
        .with_admin_token("let-me")
        .with_limits({"profile": "aws"})
        .with_clock("frozen", "2030-01-01T00:00:00Z")
        .with_seed({"streams": [{"name": "porch"}]})
        .with_faults({"id": "no-gate", "match": {"stream": "gate"}, "effect": {"status": 503}})
    )
    with container as kvs:
        assert kvs.admin.clock.advance("25h")["now"] == "2030-01-02T01:00:00.000Z"
        assert kvs.admin.limits.get()["profile"] == "aws"
        assert kvs.admin.seed({"streams": [{"name": "porch"}]})["left"][0]["name"] == "porch"
        assert kvs.admin.faults.list()[0]["id"] == "no-gate"
        boto3 = pytest.importorskip("boto3")
        client = boto3.client("kinesisvideo", **kvs.client_arguments)
        assert kvs.account_id == "123456789012"
        assert ":eu-west-1:123456789012:" in client.create_stream(StreamName="door")["StreamARN"]
        endpoint = client.get_data_endpoint(StreamName="door", APIName="PUT_MEDIA")["DataEndpoint"]
        assert endpoint == kvs.url


@pytest.mark.parametrize("kind", ["volume", "folder"])
def test_has_what_the_container_before_it_had(kind, tmp_path):
    place = tmp_path / "kvs" if kind == "folder" else f"kvs-python-{os.getpid()}"
    try:
        with started().with_data(place) as kvs:
            kvs.admin.seed({"streams": [{"name": "door"}]})
        with started().with_data(place) as kvs:
            assert [one["name"] for one in kvs.admin.ask("GET", "/streams")["streams"]] == ["door"]
            if kind == "folder":
                assert {one.stat().st_uid for one in place.iterdir()} == {os.getuid()}
            client = kvs.get_docker_client().client
    finally:
        if kind == "volume":
            client.volumes.get(place).remove(force=True)


def test_answers_to_aliases_whatever_variables_say():
    container = started().with_network_aliases("kvs.cameras.example").with_env("KVS_ALLOWED_HOSTS", "other.example")
    with container as kvs:
        for host, status in (("kvs.cameras.example", 200), ("other.example", 200), ("foreign.example", 403)):
            try:
                answer = urlopen(Request(f"{kvs.url}/_kvs/clock", headers={"host": host})).status
            except HTTPError as refused:
                answer = refused.code
            assert (host, answer) == (host, status)


def test_has_a_certificate_for_where_it_is():
    with started() as kvs:
        context = ssl.create_default_context(cadata=kvs.admin.ca())
        assert urlopen(f"{kvs.secure_url}/_kvs/health", context=context).status == 200


def test_is_reached_by_containers_of_its_network():
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.network import Network

    with Network() as network, started().with_network(network).with_network_aliases("kvs") as kvs:
        code = (
            f"fetch('{kvs.network_url}/getDataEndpoint', {{ method: 'POST', body: JSON.stringify("
            "{ StreamName: 'door', APIName: 'PUT_MEDIA' }) }).then((answer) => answer.text()).then(console.log)"
        )
        assert urlopen(f"{kvs.url}/createStream", data=b'{"StreamName": "door"}').status == 200
        camera = DockerContainer(IMAGE, entrypoint=["node", "-e", code]).with_network(network)
        with camera:
            camera.get_wrapped_container().wait()
            assert '"http://kvs:4580"' in camera.get_logs()[0].decode()
