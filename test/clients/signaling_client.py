"""What boto3 has of signaling: channels, their endpoints, and the two calls that go over HTTPS."""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, ca = sys.argv[1:3]
settings = dict(region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test', verify=ca)
control = boto3.client('kinesisvideo', endpoint_url=url, **settings)


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode'], error.response['Error'].get('Message', '')]
    return None


arn = control.create_signaling_channel(ChannelName='back')['ChannelARN']
endpoints = control.get_signaling_channel_endpoint(
    ChannelARN=arn, SingleMasterChannelEndpointConfiguration={'Protocols': ['WSS', 'HTTPS'], 'Role': 'MASTER'}
)['ResourceEndpointList']
https = next(one['ResourceEndpoint'] for one in endpoints if one['Protocol'] == 'HTTPS')
once = Config(retries={'max_attempts': 0}, read_timeout=30)
signaling = boto3.client('kinesis-video-signaling', endpoint_url=https, config=once, **settings)
servers = signaling.get_ice_server_config(ChannelARN=arn, ClientId='v1', Service='TURN')['IceServerList']
storage = boto3.client('kinesis-video-webrtc-storage', endpoint_url=https, config=once, **settings)
print(json.dumps({
    'protocols': [one['Protocol'] for one in endpoints],
    'uris': [len(one['Uris']) for one in servers],
    'gone': refusal(signaling.get_ice_server_config, ChannelARN=arn.replace('back', 'front')),
    'unanswered': refusal(signaling.send_alexa_offer_to_master, ChannelARN=arn, SenderClientId='echo', MessagePayload='b2Zm'),
    'join': refusal(storage.join_storage_session, channelArn=arn),
    'joinAsViewer': refusal(storage.join_storage_session_as_viewer, channelArn=arn, clientId='v1'),
}))
