/**
 * The groups of operations that AWS serves at addresses of their own. `label` begins the name of a stream's own endpoint
 * (`s-1a2b3c4d.kinesisvideo.…` there, the first part of the path here); planes without one are served at one address for
 * all.
 */
export const planes = {
  control: { title: 'control' },
  media: { title: 'media', label: 's' },
  archived: { title: 'archived media', label: 'b' },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly label?: string }>>;

export type Plane = keyof typeof planes;

/** Those with endpoints of their own for each stream. */
export type DataPlane = { [P in Plane]: (typeof planes)[P] extends { label: string } ? P : never }[Plane];

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
  `^/((?:${Object.values(planes)
    .flatMap((plane) => ('label' in plane ? [plane.label] : []))
    .join('|')})-[0-9a-f]{8})(?=/)`,
);
