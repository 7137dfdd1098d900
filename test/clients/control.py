"""Calls what it is told with boto3: one JSON object {"operation", "input"} per line in, one answer per line out.

control.py ENDPOINT paginate    pages through all streams instead, and polls one until it is gone
"""
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config

control = boto3.client("kinesisvideo", endpoint_url=sys.argv[1], config=Config(retries={"total_max_attempts": 1}))


def show(answer):
    print(json.dumps(answer, default=str), flush=True)


if sys.argv[2:] == ["paginate"]:
    pages = list(control.get_paginator("list_streams").paginate())
    show([[stream["StreamName"] for stream in page["StreamInfoList"]] for page in pages])
    only = control.get_paginator("list_streams").paginate(
        StreamNameCondition={"ComparisonOperator": "BEGINS_WITH", "ComparisonValue": "s1"},
        PaginationConfig={"MaxItems": 3, "PageSize": 2})
    show([stream["StreamName"] for stream in only.search("StreamInfoList[]")])
    arn = control.describe_stream(StreamName="s00")["StreamInfo"]["StreamARN"]
    control.delete_stream(StreamARN=arn)
    polls = 0
    while True:
        polls += 1
        try:
            control.describe_stream(StreamARN=arn)
        except control.exceptions.ResourceNotFoundException:
            break
    show(polls)
else:
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(control, xform_name(request["operation"]))(**request["input"])
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        show(answer)
