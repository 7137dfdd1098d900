// Runs the program until it has answered, and writes what V8 has compiled of its first file.
const { writeFileSync } = require('node:fs');
const { get } = require('node:http');
const vm = require('node:vm');

const [, , main, kept] = process.argv;

const { Script } = vm;
let script;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    script ??= this;
  }
};
// The program sets flags when it is running, and what is compiled under others is not taken by one that begins.
require('node:v8').setFlagsFromString = () => undefined;

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text) => {
  const [url] = /http:\/\/[\w.]+:\d+/.exec(text) ?? [];
  if (url === undefined) return write(text);
  get(`${url}/_kvs/health`, ({ statusCode }) => {
    if (statusCode !== 200) process.exit(1);
    writeFileSync(kept, script.createCachedData());
    process.exit(0);
  });
  return true;
};
process.argv = [process.execPath, main, 'start', '--port', '0'];
require(main);
