/**
 * The groups of operations that AWS serves at addresses of their own. `label` begins the name of a stream's own endpoint
 * (`s-1a2b3c4d.kinesisvideo.…` there, the first part of the path here); planes without one are served at one address for
 * all.
 */
export const planes = {
  control: { title: 'control' },
  media: { title: 'media', label: 's' },
  archived: { title: 'archived media', label: 'b' },
  signaling: { title: 'signaling', label: 'r' },
  /** Its model alone has all its errors' texts in lower case. */
  webrtcStorage: { title: 'WebRTC storage', label: 'w', errorText: 'message' },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly label?: string; readonly errorText?: string }>
>;

export type Plane = keyof typeof planes;

/** Those with endpoints of their own for each stream or channel. */
export type DataPlane = { [P in Plane]: (typeof planes)[P] extends { label: string } ? P : never }[Plane];

/** Signaling's WebSockets have two more endpoints of each channel: which of them is called says who calls. */
const SOCKET_LABELS = { MASTER: 'm', VIEWER: 'v' } as const;
export type Endpoint = DataPlane | keyof typeof SOCKET_LABELS;

export const labelOf = (endpoint: Endpoint): string =>
  endpoint === 'MASTER' || endpoint === 'VIEWER' ? SOCKET_LABELS[endpoint] : planes[endpoint].label;

/** The data endpoint that GetDataEndpoint gives for each of its APIs. */
export const planeOfApi = {
  PUT_MEDIA: 'media',
  GET_MEDIA: 'media',
  LIST_FRAGMENTS: 'archived',
  GET_MEDIA_FOR_FRAGMENT_LIST: 'archived',
  GET_HLS_STREAMING_SESSION_URL: 'archived',
  GET_DASH_STREAMING_SESSION_URL: 'archived',
  GET_CLIP: 'archived',
  GET_IMAGES: 'archived',
} as const satisfies Readonly<Record<string, DataPlane>>;

/** The label of a data endpoint at the beginning of a path. */
export const ENDPOINT_LABEL = new RegExp(
  `^/((?:${[...Object.values(planes).flatMap((plane) => ('label' in plane ? [plane.label] : [])), ...Object.values(SOCKET_LABELS)].join('|')})-[0-9a-f]{8})(?=/|$)`,
);
