// The emulator's own API, with what it takes and what it does not.

/** Keys and certificates are of real chance, and how long it runs is real time. */
const PEM = [/(?<=-----BEGIN CERTIFICATE-----)[^-]+/g];
const UPTIME = [/(?<="uptimeMs":)[\d.]+/];

const CHANGES = [
  '',
  '{',
  [],
  {},
  'null',
  { later: 1 },
  { advance: '25h' },
  { advance: 1.5 },
  { advance: 'PT1H30M' },
  { advance: '-1s' },
  { advance: 'soon' },
  { advance: null },
  { advance: '90000d' },
  { advance: '1s', mode: 'frozen' },
  { set: '2031-01-01T00:00:00Z' },
  { set: 1_956_528_000 },
  { set: 1_956_528_000_000 },
  { set: 'yesterday' },
  { set: '2030-06-01T00:00:00Z', mode: 'frozen' },
  { mode: 'slow' },
  { mode: 'frozen', rate: 0 },
  { rate: 'fast' },
  { 'a/b~c': 1 },
];

async function clocks(play) {
  await play.own('GET', '/clock', undefined, { masks: [/(?<="offsetMs":)-?[\d.]+/] });
  for (const change of CHANGES) await play.clock(change);
  // While it runs, real time is what it says.
  const masks = [/(?<="now":)"[^"]+"/, /(?<="offsetMs":)-?[\d.]+/];
  await play.own('POST', '/clock', { mode: 'running', rate: 60 }, { masks });
  await play.own('POST', '/clock', { mode: 'frozen' }, { masks });
  await play.clock({ set: '2030-01-02T00:00:00Z' });
}

/** How long a request took is real time. */
const TOOK = [/(?<="ms":)[\d.]+/g];

const FILTERS = [
  '',
  '?operation=DescribeStream',
  '?stream=cam',
  '?status=400',
  '?status=four',
  '?since=2030-01-01T00:00:00Z',
  '?since=soon',
  '?operation=DescribeStream&status=404',
  '?requestId=none',
  '?colour=red',
  '?channel=door',
  '?account=111122223333',
  '?limit=2',
  '?limit=0',
  '?after=none&limit=1',
  '?count=2',
  '?wait=0&count=2',
];

async function journal(play) {
  await play.ask('CreateStream', { StreamName: 'cam' });
  await play.ask('CreateSignalingChannel', { ChannelName: 'door' });
  await play.ask('DescribeStream', { StreamName: 'cam', Nonsense: 1 });
  await play.ask('DescribeStream', { StreamName: 'cm' }, { signed: false });
  await play.ask(
    'DescribeStream',
    { StreamName: 'door' },
    { signed: { account: '111122223333', region: 'eu-west-1' } },
  );
  await play.http('an unknown path', { path: '/describestream', body: '{}' });
  for (const filter of FILTERS) await play.own('GET', `/requests${filter}`, undefined, { masks: TOOK });
  await play.own('DELETE', '/requests');
  await play.own('GET', '/requests');
}

const RESETS = [
  ['?account=111122223333'],
  ['?region=eu-west-1&account=111122223333'],
  ['?account=1'],
  ['?region='],
  ['?region=US EAST'.replace(' ', '%20')],
  ['?colour=red'],
  ['?clock=maybe'],
  ['?clock=keep&clock=keep'],
  ['', { account: '111122223333' }],
  ['', { account: 7 }],
  ['', { nonsense: 1 }],
  ['', []],
  ['', '{'],
  ['?account=111122223333', { account: '111122223333' }],
  ['?clock=keep'],
  [''],
];

async function resets(play) {
  const other = { signed: { account: '111122223333', region: 'eu-west-1' } };
  await play.ask('CreateStream', { StreamName: 'cam' });
  for (const [query, body] of RESETS) {
    await play.ask('CreateStream', { StreamName: 'cam' }, other);
    await play.own('POST', `/reset${query}`, body);
    await play.ask('ListStreams', {}, other);
    await play.ask('ListStreams', {});
  }
}

const PATHS = [
  '',
  '/',
  '/health',
  '/health/',
  '/Health',
  '/clock',
  '/reset',
  '/requests',
  '/ca.pem',
  '/openapi.json',
  '/nothing',
  '/clock?a=1',
];

export async function own(play) {
  await play.own('GET', '/health', undefined, { masks: UPTIME });
  await play.own('GET', '/ca.pem', undefined, { masks: PEM });
  for (const path of PATHS) {
    for (const method of ['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE']) {
      if (path.startsWith('/requests') && method === 'DELETE') continue;
      // What HEAD answers has the length of what it does not say.
      const masks = [...UPTIME, /(?<="offsetMs":)-?[\d.]+/];
      if (method === 'HEAD' && ['/health', '/clock', '/ca.pem', '/requests'].some((real) => path.startsWith(real)))
        continue;
      await play.own(method, path, undefined, { masks });
    }
  }
  await play.own('GET', '/nothing');
  await play.own('POST', '/health', {});
  await play.own('POST', '/nothing', { a: 1 }, { headers: { Expect: '100-continue' } });
  await play.own('POST', '/clock', `{"set":"${'a'.repeat(1_100_000)}"}`);
  await clocks(play);
  await journal(play);
  await resets(play);
}
