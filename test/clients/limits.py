"""Calls DescribeStream until it is refused, and says what boto3 made of that in each of its modes."""
import json
import sys

import boto3
from botocore.config import Config

for mode in ["legacy", "standard", "adaptive"]:
    control = boto3.client("kinesisvideo", endpoint_url=sys.argv[1], config=Config(retries={"mode": mode}))
    try:
        for _ in range(100):
            control.describe_stream(StreamName=f"cam-{mode}")
    except control.exceptions.ClientLimitExceededException as error:
        answer = error.response
        print(json.dumps({
            "mode": mode,
            "code": answer["Error"]["Code"],
            "message": answer["Error"]["Message"],
            "status": answer["ResponseMetadata"]["HTTPStatusCode"],
            "retries": answer["ResponseMetadata"]["RetryAttempts"],
        }))
