module.exports = {
  globalSetup: 'kvs-emulator/jest',
  globalTeardown: 'kvs-emulator/jest/teardown',
  setupFilesAfterEnv: ['kvs-emulator/jest/matchers'],
  testTimeout: 30_000,
};
