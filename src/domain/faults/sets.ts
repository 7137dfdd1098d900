// What people meet, as rules that one can print and change.

/** Rules as anybody gives them, without an id. */
type GivenFault = { readonly match: object; readonly effect: object };

export const FAULT_SETS: Readonly<Record<string, { readonly means: string; readonly faults: readonly GivenFault[] }>> =
  {
    outage: {
      means: 'the data plane is down: uploads and live readers are reset, everything else there is answered with 503',
      faults: [
        {
          match: { operation: ['PutMedia', 'GetMedia', 'GetMediaForFragmentList'], direction: 'up' },
          effect: { reset: true },
        },
        { match: { operation: ['archived', 'playback', 'signaling'] }, effect: { status: 503 } },
      ],
    },
    'flaky-uplink': {
      means:
        'a camera on a bad link: 1 Mbit/s, answers late by 200 ms, more or less, one upload in three reset after 250 kB',
      faults: [
        { match: { operation: 'PutMedia' }, effect: { bandwidth: '1mbit' } },
        { match: { operation: ['PutMedia', 'GetDataEndpoint'] }, effect: { latency: '200ms', jitter: '150ms' } },
        { match: { operation: 'PutMedia', afterBytes: 250_000, probability: 0.34 }, effect: { reset: true } },
      ],
    },
    'expired-credentials': {
      means: 'every call that is signed is refused with ExpiredTokenException; URLs of playback sessions go on',
      faults: [
        {
          match: { operation: ['control', 'media', 'archived', 'signaling'] },
          effect: { error: 'ExpiredTokenException' },
        },
      ],
    },
    'slow-consumer': {
      means: 'whoever reads media reads slowly: 256 kbit/s, after a pause of two seconds',
      faults: [
        {
          match: { operation: ['GetMedia', 'GetMediaForFragmentList', 'GetClip', 'playback'] },
          effect: { stall: '2s', bandwidth: '256kbit' },
        },
      ],
    },
    'hot-shard': {
      means: 'one shard is asked for too much: half of the reads are refused, by chance, uploads go at 1 MB/s',
      faults: [
        {
          match: {
            operation: ['GetMedia', 'GetMediaForFragmentList', 'ListFragments', 'GetClip', 'GetImages'],
            probability: 0.5,
          },
          effect: { error: 'ClientLimitExceededException' },
        },
        { match: { operation: 'PutMedia' }, effect: { bandwidth: '1MB' } },
      ],
    },
  };
