import { accessRoutes } from './access.ts';
import type { AdminRoute } from './adminRoute.ts';
import { channelRoutes } from './channels.ts';
import { clockRoutes } from './clock.ts';
import { configRoutes } from './config.ts';
import { credentialRoutes } from './credentials.ts';
import { eventsRoute } from './events.ts';
import { faultRoutes } from './faults.ts';
import { keyRoutes } from './keys.ts';
import { limitRoutes } from './limits.ts';
import { metricsRoute } from './metrics.ts';
import { openApiRoute } from './openApi.ts';
import { ca, health } from './process.ts';
import { requestRoutes } from './requests.ts';
import { resetRoutes } from './reset.ts';
import { seedRoutes } from './seed.ts';
import { sessionRoute } from './session.ts';
import { snapshotRoutes } from './snapshots.ts';
import { streamRoutes } from './streams.ts';

/** Every route of the emulator's own API, in the order of its documents: a line for each control. */
export const adminRegistry: readonly AdminRoute[] = [
  health,
  ...clockRoutes,
  ...resetRoutes,
  ...snapshotRoutes,
  ...seedRoutes,
  ...requestRoutes,
  eventsRoute,
  ...streamRoutes,
  ...faultRoutes,
  ...channelRoutes,
  ...credentialRoutes,
  sessionRoute,
  ...accessRoutes,
  metricsRoute,
  ...keyRoutes,
  ...limitRoutes,
  ...configRoutes,
  ca,
  openApiRoute(() => adminRegistry),
];
