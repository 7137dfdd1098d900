"""A ring at the door: its recording is told to SNS, and a picture of it is kept in S3. No endpoint is named here."""

import json
import subprocess
import time

import boto3

topic = boto3.client("sns").create_topic(Name="rings")["TopicArn"]
sqs = boto3.client("sqs")
queue = sqs.create_queue(QueueName="rings")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
s3 = boto3.client("s3")
s3.create_bucket(Bucket="pictures")

print("who asks:", boto3.client("sts").get_caller_identity()["Arn"])
kvs = boto3.client("kinesisvideo")
kvs.create_stream(StreamName="door", DataRetentionInHours=24)
kvs.update_notification_configuration(
    StreamName="door",
    NotificationConfiguration={"Status": "ENABLED", "DestinationConfig": {"Uri": topic}},
)
kvs.update_image_generation_configuration(
    StreamName="door",
    ImageGenerationConfiguration={
        "Status": "ENABLED",
        "ImageSelectorType": "SERVER_TIMESTAMP",
        "SamplingInterval": 1000,
        "Format": "JPEG",
        "DestinationConfig": {"Uri": "s3://pictures", "DestinationRegion": "us-east-1"},
    },
)
subprocess.run(["npx", "kvs-emulator", "put", "door", "ring.mkv"], check=True)  # boto3 has no PutMedia


def wait_for(ask):
    for _ in range(300):
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise TimeoutError("nothing came within 30 s")


message = wait_for(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))[0]
print("SNS told:", json.loads(json.loads(message["Body"])["Message"])["NotificationType"])
picture = wait_for(lambda: s3.list_objects_v2(Bucket="pictures").get("Contents"))[0]
assert s3.get_object(Bucket="pictures", Key=picture["Key"])["Body"].read(2) == b"\xff\xd8"
print("S3 has:", picture["Key"])

place = kvs.get_data_endpoint(StreamName="door", APIName="GET_MEDIA")["DataEndpoint"]
media = boto3.client("kinesis-video-media", endpoint_url=place)
answer = media.get_media(StreamName="door", StartSelector={"StartSelectorType": "EARLIEST"})["Payload"]
assert answer.read(4) == b"\x1a\x45\xdf\xa3"
answer.close()
