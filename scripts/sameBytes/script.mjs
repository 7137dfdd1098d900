// The script of calls: its chapters, each on an emulator that was reset, and the passes in which they are played.
import { callers } from './chapters/callers.mjs';
import { channels, configurations, streams, tagsAndPages } from './chapters/control.mjs';
import { files, mediaFaults, putMediaEnds, putMediaHeads } from './chapters/ingest.mjs';
import { delays, fullStore } from './chapters/lifecycle.mjs';
import { own } from './chapters/own.mjs';
import { dash, growing, hls, otherMedia, sessionRefusals } from './chapters/playback.mjs';
import { archive, getMedia, images, live } from './chapters/reading.mjs';
import { refusals } from './chapters/refusals.mjs';

const all = {
  ...{ streams, configurations, channels, tagsAndPages, refusals, callers, own },
  ...{ files, putMediaHeads, mediaFaults, putMediaEnds },
  ...{ getMedia, live, archive, images, hls, dash, growing, otherMedia, sessionRefusals },
};
const DELAYS = ['--creating-delay', '2s', '--updating-delay', '3s', '--deleting-delay', '4s'];
const SHORT = ['--stream-limit', '4', '--channel-limit', '2', '--max-memory', '1m'];

export const passes = [
  { name: 'plain', options: [], chapters: all },
  { name: 'strict', options: ['--strict'], chapters: all },
  { name: 'short', options: [...DELAYS, ...SHORT], chapters: { delays, fullStore } },
];
