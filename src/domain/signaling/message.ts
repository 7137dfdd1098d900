// What goes over a signaling connection, as text: what clients send, and what the service sends them.

export const ACTIONS = ['SDP_OFFER', 'SDP_ANSWER', 'ICE_CANDIDATE'] as const;
export type Action = (typeof ACTIONS)[number];

/** Of clients and of correlation ids. */
export const ID_PATTERN = /^[a-zA-Z0-9_.-]{1,256}$/;

/** A message as a client sent it. */
export interface Sent {
  readonly action: Action;
  /** Names a viewer, if it comes from the master; what a viewer says here means nothing. */
  readonly recipient: string | undefined;
  /** Base64, or what the client takes for it: nobody looks into it. */
  readonly payload: string;
  readonly correlationId: string | undefined;
}

/** A frame that is no message, and why; `correlationId` if one can be told. */
export interface Unusable {
  readonly problem: string;
  readonly correlationId: string | undefined;
}

/** Clients write the keys in two casings: `messagePayload` those in JavaScript and Java, `MessagePayload` those in C. */
const KEYS: Readonly<Record<string, keyof Raw>> = {
  action: 'action',
  recipientclientid: 'recipient',
  messagepayload: 'payload',
  correlationid: 'correlationId',
};
interface Raw {
  action?: unknown;
  recipient?: unknown;
  payload?: unknown;
  correlationId?: unknown;
}

/** Reads one frame. An empty one says nothing. */
export function readFrame(text: string): Sent | Unusable | undefined {
  if (text === '') return undefined;
  const raw = parse(text);
  if (raw === undefined) return { problem: 'The frame is no JSON object.', correlationId: undefined };
  const { action, recipient, payload, correlationId: given } = raw;
  const correlationId = typeof given === 'string' && ID_PATTERN.test(given) ? given : undefined;
  const unusable = (problem: string): Unusable => ({ problem, correlationId });
  const known = ACTIONS.find((one) => one === action);
  if (known === undefined) return unusable(`The action is none of ${ACTIONS.join(', ')}.`);
  if (typeof payload !== 'string' || payload === '') return unusable('The messagePayload is no text, or empty.');
  if (isGiven(given) && correlationId === undefined) {
    return unusable('The correlationId is not 1 to 256 characters of [a-zA-Z0-9_.-].');
  }
  return { action: known, recipient: isGiven(recipient) ? String(recipient) : undefined, payload, correlationId };
}

/** Some clients send an empty text for what they have not. */
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

function parse(text: string): Raw | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const raw: Raw = {};
  for (const [key, member] of Object.entries(value)) {
    const lower = key.toLowerCase();
    if (Object.hasOwn(KEYS, lower)) raw[KEYS[lower] as keyof Raw] ??= member;
  }
  return raw;
}

/** A message as its recipient gets it. Nobody is named as its sender where that is the master. */
export function renderMessage(action: Action, payload: string, sender: string | undefined): string {
  const head = `{"messagePayload":${JSON.stringify(payload)},"messageType":"${action}"`;
  return sender === undefined ? `${head}}` : `${head},"senderClientId":${JSON.stringify(sender)}}`;
}

/** What a sender hears of a message that has failed. Of others it hears nothing. */
export const renderFailure = (correlationId: string, errorType: string, status = 400): string =>
  JSON.stringify({
    messageType: 'STATUS_RESPONSE',
    statusResponse: { correlationId, errorType, statusCode: String(status), success: false },
  });

/** With a payload, for want of which two of the clients would not hear it: an empty object. */
const NOTHING = Buffer.from('{}').toString('base64');
const notice = (messageType: string): string => JSON.stringify({ messagePayload: NOTHING, messageType });
/** The connection will be ended soon. */
export const GO_AWAY = notice('GO_AWAY');
/** The relays will be ended soon. */
export const RECONNECT_ICE_SERVER = notice('RECONNECT_ICE_SERVER');
