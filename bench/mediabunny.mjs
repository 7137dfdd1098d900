import {
  BufferSource,
  BufferTarget,
  CmafOutputFormat,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MATROSKA,
  Output,
} from 'mediabunny';

/** Longer than any fragment, so that one comes out as one segment. */
const ONE_SEGMENT = 100;

/** The video of one fragment, a Matroska document of its own, as CMAF segment. */
export async function segmentOf(bytes) {
  return muxed(await packetsOf(bytes));
}

/** What a fragment's video consists of: the first half of the work. */
export async function packetsOf(bytes) {
  const track = await new Input({ source: new BufferSource(bytes), formats: [MATROSKA] }).getPrimaryVideoTrack();
  const packets = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  return { packets, decoderConfig: await track.getDecoderConfig() };
}

/** The other half. */
export async function muxed({ packets, decoderConfig }) {
  const target = new BufferTarget();
  const format = new CmafOutputFormat({ minimumFragmentDuration: ONE_SEGMENT });
  const output = new Output({ format, target, initTarget: new BufferTarget() });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source);
  await output.start();
  for (const packet of packets) await source.add(packet, { decoderConfig });
  await output.finalize();
  return new Uint8Array(target.buffer);
}
