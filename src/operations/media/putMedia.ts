import { Writing } from '../../domain/limits/writing.ts';
import { excerpt, serviceError } from '../../protocol/errors.ts';
import { string, structure } from '../../protocol/shapes.ts';
import { duplexOperation } from '../operation.ts';
import { parseProducerStart } from './producerStart.ts';
import { receive } from './receive.ts';

const NAME = /^[a-zA-Z0-9_.-]{1,256}$/;
const ARN = /^arn:[a-z\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+\/[a-zA-Z0-9_.-]+\/[0-9]+$/;

interface Headers {
  StreamName?: string;
  StreamARN?: string;
  FragmentTimecodeType?: string;
  ProducerStartTimestamp?: string;
  FragmentAcknowledgmentRequired?: string;
}

/** Media in as Matroska, acknowledgements out while it comes. Its rules are in domain/fragments/ingest.ts. */
export const putMedia = duplexOperation({
  name: 'PutMedia',
  plane: 'media',
  path: '/putMedia',
  actsOn: 'activeStream',
  kind: 'duplex',
  contentType: 'application/json',
  headers: {
    StreamName: 'x-amzn-stream-name',
    StreamARN: 'x-amzn-stream-arn',
    FragmentTimecodeType: 'x-amzn-fragment-timecode-type',
    ProducerStartTimestamp: 'x-amzn-producer-start-timestamp',
    FragmentAcknowledgmentRequired: 'x-amzn-fragment-acknowledgment-required',
  },
  // What this operation refuses it refuses as InvalidArgumentException, so the table itself holds no constraint.
  input: structure({
    StreamName: string(),
    StreamARN: string(),
    FragmentTimecodeType: string(),
    ProducerStartTimestamp: string(),
    FragmentAcknowledgmentRequired: string(),
  }),
  check: checkHeaders,
  async handle(context, input, stream, body) {
    const producerStart = startOf(input);
    const acknowledge = input.FragmentAcknowledgmentRequired !== '0';
    const writing = new Writing(context.throttle, stream, context.pacer(stream));
    const { place } = context;
    return receive(context, stream.fragments, { producerStart, acknowledge, stream, writing, place }, body);
  },
});

function checkHeaders(input: Headers): void {
  const { StreamName: name, StreamARN: arn, FragmentTimecodeType: type, ProducerStartTimestamp: start } = input;
  if ((name === undefined) === (arn === undefined)) {
    throw refusal('Give exactly one of the headers x-amzn-stream-name and x-amzn-stream-arn.');
  }
  if (name !== undefined && !NAME.test(name))
    throw refusal(`x-amzn-stream-name '${excerpt(name)}' does not match ${NAME}.`);
  if (arn !== undefined && !ARN.test(arn)) throw refusal(`x-amzn-stream-arn '${excerpt(arn)}' does not match ${ARN}.`);
  if (type !== 'ABSOLUTE' && type !== 'RELATIVE') {
    throw refusal(`x-amzn-fragment-timecode-type is '${excerpt(type ?? '')}'; it must be ABSOLUTE or RELATIVE.`);
  }
  if (start !== undefined && parseProducerStart(start) === undefined) {
    throw refusal(
      `x-amzn-producer-start-timestamp '${excerpt(start ?? '')}' is neither epoch seconds nor an ISO 8601 date.`,
    );
  }
  if (type === 'RELATIVE' && start === undefined) {
    throw refusal('RELATIVE timecodes need the header x-amzn-producer-start-timestamp.');
  }
}

/** What RELATIVE timecodes count from, in ms since the epoch; undefined for ABSOLUTE ones. */
const startOf = ({ FragmentTimecodeType: type, ProducerStartTimestamp: start }: Headers): number | undefined =>
  type === 'ABSOLUTE' || start === undefined ? undefined : parseProducerStart(start);

const refusal = (text: string) => serviceError('invalidArgument', text);
