declare const __KVS_EMULATOR_VERSION__: string;

/** The package's version, put in by the build; run from source there is none. */
export const VERSION = typeof __KVS_EMULATOR_VERSION__ === 'string' ? __KVS_EMULATOR_VERSION__ : '0.0.0-source';
