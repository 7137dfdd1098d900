"""Sends a recording to a stream: PutMedia, which boto3 lacks, with boto3's own signatures."""

import http.client
import json
import time
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest


def record(session: boto3.Session, stream: str, path: str, **client_arguments) -> list[dict]:
    """The acknowledgements of its fragments. ``client_arguments`` is for tests: the endpoint."""
    kvs = session.client("kinesisvideo", **client_arguments)
    endpoint = kvs.get_data_endpoint(StreamName=stream, APIName="PUT_MEDIA")["DataEndpoint"]
    headers = {
        "x-amzn-stream-name": stream,
        "x-amzn-fragment-timecode-type": "RELATIVE",
        "x-amzn-producer-start-timestamp": f"{time.time():.3f}",
        "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD",  # the media go up as they come
    }
    request = AWSRequest(method="POST", url=f"{endpoint}/putMedia", headers=headers)
    SigV4Auth(session.get_credentials(), "kinesisvideo", session.region_name).add_auth(request)

    place = urlsplit(endpoint)
    connect = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = connect(place.netloc, timeout=30)
    with open(path, "rb") as media:
        connection.request("POST", f"{place.path}/putMedia", media, dict(request.headers), encode_chunked=True)
        answer = connection.getresponse()
        text = answer.read().decode()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"PutMedia: {answer.status} {text}")
    return [json.loads(line) for line in text.replace("}{", "}\n{").split("\n") if line.strip()]
