import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

// npm leaves out the engine that the running Node cannot load. What is missing stays a plain `require`, so a build
// made on Node 20 still runs on 22, only a few milliseconds slower to start.
const engines = ['better-sqlite3', 'better-sqlite3-node20'];
const missingEngines = engines.filter((name) => !existsSync(`node_modules/${name}`));
const everythingElse = new RegExp(`^(?!(${[...missingEngines, 'pdfkit'].join('|')})$)[^.]`);

/**
 * Turns each finished chunk into CommonJS, which starts 5 to 8 ms sooner than an ES module. tsup's own way to split
 * CommonJS breaks the prompts' code and rewrites every `?.` and `??` as a slow function call.
 */
const commonJsChunks: Plugin = {
  name: 'commonjs-chunks',
  async renderChunk(code) {
    const { code: output } = await transform(code, {
      format: 'cjs',
      target: 'node20',
      minify: true,
      supported: { 'dynamic-import': false }, // becomes a `require` inside a promise: as lazy, and quicker
      logOverride: { 'empty-import-meta': 'error' }, // it would be undefined at run time
    });
    return { code: output };
  },
};

/** What the commands load that cron and prompts run all day: balance, status of usage, a page of transactions. */
const HOT = ['balance', 'usage', 'transactions', 'open-wallet', 'credit'];

/**
 * Puts the chunks of the hot commands into main.js itself. Splitting leaves thirty small files on the way to a balance,
 * and finding each costs more than running it. A packed chunk's own file stays, as one line that asks main.js for it.
 */
const packHotChunks: Plugin = {
  name: 'pack-hot-chunks',
  buildEnd() {
    const folder = this.options.outDir ?? 'dist';
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    if (!files.includes('main.js')) return;
    const hot = files.filter((name) => HOT.some((command) => new RegExp(`^${command}-[A-Z0-9]{8}\\.js$`).test(name)));
    const packed = closure(folder, ['main.js', ...hot]);
    const bodies = [...packed].map(
      ([name, code]) => `${JSON.stringify(`./${name}`)}(module,exports,require){${code}\n}`,
    );
    const loader =
      'const cache={};const load=(id)=>{const body=bodies[id];if(!body)return require(id);let known=cache[id];' +
      'if(!known){known=cache[id]={exports:{}};body(known,known.exports,load)}return known.exports};' +
      'module.exports={load};Object.assign(module.exports,load("./main.js"));';
    for (const name of packed.keys()) {
      writeFileSync(path.join(folder, name), `module.exports=require("./main.js").load("./${name}");\n`);
    }
    writeFileSync(path.join(folder, 'main.js'), `"use strict";const bodies={${bodies.join(',')}};${loader}\n`);
  },
};

/** The chunks, and every shared chunk that they load at once. */
function closure(folder: string, names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const code = readFileSync(path.join(folder, name), 'utf8');
    found.set(name, code);
    for (const [, shared] of code.matchAll(/require\("\.\/(chunk-[A-Z0-9]+\.js)"\)/g))
      if (shared !== undefined) open.push(shared);
  }
  return found;
}

export default defineConfig({
  entry: { main: 'src/main.ts' },
  outDir: 'dist',
  outExtension: () => ({ js: '.js' }),
  clean: true,
  format: 'esm', // what splitting needs; the plugin has the last word
  splitting: true,
  target: 'node20',
  platform: 'node',
  minify: true,
  noExternal: [everythingElse],
  // pdfkit reads its font metrics from files beside its code.
  external: [...missingEngines, 'pdfkit'],
  plugins: [commonJsChunks, packHotChunks],
});
