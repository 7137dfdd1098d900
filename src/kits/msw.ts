export { kinesisVideoHandlers } from './msw/handlers.ts';
export { createOfflineEmulator, type OfflineEmulator } from './msw/offlineEmulator.ts';
