// Which actions an element Action takes, and NotAction leaves: the action is asked of a policy that allows it on `*`.

/** The element, the action that is asked for, and whether the element takes it. */
export type ActionRow = readonly [element: string | readonly string[], asked: string, takes: boolean];

export const actions: readonly ActionRow[] = [
  ['*', 'kinesisvideo:PutMedia', true],
  ['*', 'sts:AssumeRole', true],
  ['*:*', 'kinesisvideo:PutMedia', true],
  ['kinesisvideo:*', 'kinesisvideo:PutMedia', true],
  ['kinesisvideo:*', 'kinesisvideo:ConnectAsMaster', true],
  ['kinesisvideo:*', 'kinesis:PutRecord', false],
  ['kinesis:*', 'kinesisvideo:PutMedia', false],
  ['kinesisvideo:PutMedia', 'kinesisvideo:PutMedia', true],
  ['kinesisvideo:PutMedia', 'kinesisvideo:GetMedia', false],
  // Upper and lower case are the same.
  ['kinesisvideo:putmedia', 'kinesisvideo:PutMedia', true],
  ['KINESISVIDEO:PUTMEDIA', 'kinesisvideo:PutMedia', true],
  ['KinesisVideo:Put*', 'kinesisvideo:PutMedia', true],
  // A beginning is not enough, nor is an end.
  ['kinesisvideo:GetMedia', 'kinesisvideo:GetMediaForFragmentList', false],
  ['kinesisvideo:GetMedia*', 'kinesisvideo:GetMediaForFragmentList', true],
  ['kinesisvideo:GetMedia*', 'kinesisvideo:GetMedia', true],
  ['kinesisvideo:Get*', 'kinesisvideo:GetDataEndpoint', true],
  ['kinesisvideo:Get*', 'kinesisvideo:GetHLSStreamingSessionURL', true],
  ['kinesisvideo:Get*', 'kinesisvideo:DescribeStream', false],
  ['kinesisvideo:*Media', 'kinesisvideo:PutMedia', true],
  ['kinesisvideo:*Media', 'kinesisvideo:GetMediaForFragmentList', false],
  ['kinesisvideo:*Stream', 'kinesisvideo:DescribeStream', true],
  ['kinesisvideo:*Stream', 'kinesisvideo:ListStreams', false],
  ['kinesisvideo:*Media*', 'kinesisvideo:GetMediaForFragmentList', true],
  ['kinesisvideo:*StreamingSessionURL', 'kinesisvideo:GetDASHStreamingSessionURL', true],
  ['kinesisvideo:Get*SessionURL', 'kinesisvideo:GetHLSStreamingSessionURL', true],
  ['kinesisvideo:Get*SessionURL', 'kinesisvideo:GetClip', false],
  // One question mark is one character.
  ['kinesisvideo:?etMedia', 'kinesisvideo:GetMedia', true],
  ['kinesisvideo:?utMedia', 'kinesisvideo:PutMedia', true],
  ['kinesisvideo:?utMedia', 'kinesisvideo:GetMedia', false],
  ['kinesisvideo:???Media', 'kinesisvideo:GetMedia', true],
  ['kinesisvideo:???Media', 'kinesisvideo:PutMedia', true],
  ['kinesisvideo:??Media', 'kinesisvideo:GetMedia', false],
  ['kinesisvideo:GetMedia?', 'kinesisvideo:GetMedia', false],
  ['kinesisvideo:ConnectAs*', 'kinesisvideo:ConnectAsViewer', true],
  ['kinesisvideo:ConnectAs??????', 'kinesisvideo:ConnectAsViewer', true],
  ['kinesisvideo:ConnectAs??????', 'kinesisvideo:ConnectAsMaster', true],
  ['kinesisvideo:JoinStorageSession', 'kinesisvideo:JoinStorageSessionAsViewer', false],
  // The prefix of older guides is that of no service.
  ['kinesis-video:*', 'kinesisvideo:PutMedia', false],
  // Any of a list.
  [['kinesisvideo:PutMedia', 'kinesisvideo:GetMedia'], 'kinesisvideo:GetMedia', true],
  [['kinesisvideo:PutMedia', 'kinesisvideo:GetMedia'], 'kinesisvideo:GetClip', false],
  [['kinesisvideo:Describe*', 'kinesisvideo:List*'], 'kinesisvideo:ListTagsForStream', true],
  [['s3:*', 'kinesisvideo:Describe*'], 'kinesisvideo:DescribeSignalingChannel', true],
  [['s3:*', 'iam:*'], 'kinesisvideo:DescribeStream', false],
];
