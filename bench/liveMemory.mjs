// Loaded in front of a program (`--expose-gc --import`): on SIGUSR2 it says on stdout how many bytes are in use once all that
// is not has been collected. What V8 keeps beside that comes and goes, and would hide a kilobyte.
process.on('SIGUSR2', () => {
  global.gc();
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  console.log(`LIVE ${heapUsed + external}`);
});
