"""What an application with boto3 does, step by step; prints one JSON object per step.

boto3_client.py ENDPOINT [CA.pem]    the stream `cam` with four fragments is there already
"""
import hashlib
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
VERIFY = sys.argv[2] if len(sys.argv) > 2 else None
CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=20)


def client(service, endpoint=ENDPOINT):
    return boto3.client(service, endpoint_url=endpoint, verify=VERIFY, config=CONFIG)


def show(step, **facts):
    print(json.dumps({"step": step, **facts}, default=str), flush=True)


def error(call, **arguments):
    try:
        call(**arguments)
    except ClientError as raised:
        answer = raised.response
        return {
            "class": type(raised).__name__,
            "code": answer["Error"]["Code"],
            "message": answer["Error"]["Message"],
            "status": answer["ResponseMetadata"]["HTTPStatusCode"],
            "requestId": answer["ResponseMetadata"]["RequestId"],
        }
    return None


control = client("kinesisvideo")
made = control.create_stream(StreamName="other", DataRetentionInHours=2, Tags={"k": "v"})
info = control.describe_stream(StreamName="other")["StreamInfo"]
show("create", arn=made["StreamARN"], same=info["StreamARN"] == made["StreamARN"], status=info["Status"],
     created=info["CreationTime"].tzinfo is not None, retention=info["DataRetentionInHours"])
names = [s["StreamName"] for page in control.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
         for s in page["StreamInfoList"]]
show("list", names=sorted(names))
show("tags", tags=control.list_tags_for_stream(StreamName="other")["Tags"])
control.update_data_retention(StreamName="other", CurrentVersion=info["Version"],
                              Operation="DECREASE_DATA_RETENTION", DataRetentionChangeInHours=1)
show("retention", hours=control.describe_stream(StreamName="other")["StreamInfo"]["DataRetentionInHours"])
show("errors",
     taken=error(control.create_stream, StreamName="other"),
     absent=error(control.describe_stream, StreamName="none"),
     version=error(control.update_data_retention, StreamName="other", CurrentVersion="wrongwrongwrong",
                   Operation="INCREASE_DATA_RETENTION", DataRetentionChangeInHours=1))
control.delete_stream(StreamARN=made["StreamARN"])
show("delete", absent=error(control.describe_stream, StreamName="other"))

address = control.get_data_endpoint(StreamName="cam", APIName="LIST_FRAGMENTS")["DataEndpoint"]
archived = client("kinesis-video-archived-media", address)
span = {"StartTimestamp": 0, "EndTimestamp": 4102444800}
pages = archived.get_paginator("list_fragments").paginate(
    StreamName="cam", FragmentSelector={"FragmentSelectorType": "SERVER_TIMESTAMP", "TimestampRange": span},
    PaginationConfig={"PageSize": 3})
found = sorted((f for page in pages for f in page["Fragments"]), key=lambda f: f["FragmentNumber"])
show("fragments", endpoint=address, numbers=[f["FragmentNumber"] for f in found],
     sizes=[f["FragmentSizeInBytes"] for f in found], lengths=[f["FragmentLengthInMilliseconds"] for f in found],
     producer=[f["ProducerTimestamp"].timestamp() for f in found])

media = archived.get_media_for_fragment_list(StreamName="cam", Fragments=[f["FragmentNumber"] for f in found])
body = media["Payload"].read()
show("fragmentList", type=media["ContentType"], size=len(body), md5=hashlib.md5(body).hexdigest())

# Read to the end of the session, as boto3's documentation shows it.
live = client("kinesis-video-media", control.get_data_endpoint(StreamName="cam", APIName="GET_MEDIA")["DataEndpoint"])
answer = live.get_media(StreamName="cam", StartSelector={"StartSelectorType": "EARLIEST"})
with open(sys.argv[3] if len(sys.argv) > 3 else "/dev/null", "wb") as file:
    for piece in answer["Payload"].iter_chunks(1024):
        file.write(piece)
show("getMedia", type=answer["ContentType"])
show("getMediaErrors", absent=error(live.get_media, StreamName="none", StartSelector={"StartSelectorType": "NOW"}),
     argument=error(live.get_media, StreamName="cam", StartSelector={"StartSelectorType": "FRAGMENT_NUMBER"}))
