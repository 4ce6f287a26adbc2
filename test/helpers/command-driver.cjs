'use strict';
// Runs command lines of the built program one after another in one process: a line of JSON words in, a line of JSON
// with what came of it out. A process for each would make thousands of them too slow.
const fs = require('node:fs');
const readline = require('node:readline');
const { Readable } = require('node:stream');

const PATIENCE_MS = 20_000;
const answer = fs.writeSync.bind(fs);
let caught = { 1: '', 2: '' };

// Short texts go straight to the descriptors, long ones through the streams: both end up in `caught`.
fs.writeSync = (descriptor, data, ...rest) => {
  if (!(descriptor in caught)) return answer(descriptor, data, ...rest);
  const bytes = Buffer.from(data).subarray(typeof rest[0] === 'number' ? rest[0] : 0);
  caught[descriptor] += bytes.toString('utf8');
  return bytes.length;
};
for (const [name, descriptor] of [
  ['stdout', 1],
  ['stderr', 2],
]) {
  process[name].write = (data, encoding, done) => {
    caught[descriptor] += String(data);
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  };
}
process.exit = (status) => {
  throw new Error(`the program ended itself with ${status}`);
};

// A command that reads its stdin finds it at its end: the lines of this channel are not for it.
const channel = process.stdin;
Object.defineProperty(process, 'stdin', { get: () => Readable.from([]) });

const { main } = require(process.argv[2]);

async function run(words) {
  caught = { 1: '', 2: '' };
  process.exitCode = undefined;
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, 'hung');
  });
  const ended = main(words).then(
    () => process.exitCode ?? 0,
    (error) => `threw ${error.stack}`,
  );
  const status = await Promise.race([ended, late]);
  clearTimeout(timer);
  process.removeAllListeners('SIGINT');
  process.removeAllListeners('SIGTERM');
  process.exitCode = undefined;
  return { status, stdout: caught[1], stderr: caught[2] };
}

(async () => {
  for await (const line of readline.createInterface({ input: channel })) {
    answer(1, `${JSON.stringify(await run(JSON.parse(line)))}\n`);
  }
})();
