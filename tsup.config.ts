import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { transform } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

// npm leaves out the engine that the running Node cannot load. What is missing stays a plain `require`, so a build
// made on Node 20 still runs on 22, only a few milliseconds slower to start.
const engines = ['better-sqlite3', 'better-sqlite3-node20'];
const missingEngines = engines.filter((name) => !existsSync(`node_modules/${name}`));
const MODULES = 'build/modules';
const everythingElse = new RegExp(`^(?!(${[...missingEngines, 'pdfkit', 'pg-native'].join('|')})$)[^.]`);

/**
 * Turns each finished chunk into CommonJS, which starts 5 to 8 ms sooner than an ES module. tsup's own way to split
 * CommonJS breaks the prompts' code and rewrites every `?.` and `??` as a slow function call. As it was, each chunk is
 * kept for `scripts/hot-pack.cjs`.
 */
const commonJsChunks: Plugin = {
  name: 'commonjs-chunks',
  buildStart() {
    rmSync(MODULES, { recursive: true, force: true });
    mkdirSync(MODULES, { recursive: true });
  },
  async renderChunk(code, { path }) {
    writeFileSync(join(MODULES, basename(path)), code);
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

/** What nobody here uses of better-sqlite3: every command would read it and start it (see `Database` in `sqlite-engine.ts`). */
const unusedOfEngine: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'unused-of-engine',
  setup(build) {
    // The addon is handed over, so its search (`bindings`) is unused as well.
    const unused =
      /node_modules.(better-sqlite3[^/\\]*.lib.methods.(aggregate|backup|explain|function|inspect|table|transaction)|bindings.bindings)\.js$/;
    build.onLoad({ filter: unused }, () => ({ contents: 'module.exports = undefined;' }));
  },
};

export default defineConfig({
  // A thread starts from a file of its own.
  entry: {
    main: 'src/main.ts',
    'threaded-server': 'src/threaded-server.ts',
    'usage-reader': 'src/input/usage-reader.ts',
  },
  outDir: 'dist',
  outExtension: () => ({ js: '.js' }),
  clean: true,
  format: 'esm', // what splitting needs; the plugin has the last word
  splitting: true,
  target: 'node20',
  platform: 'node',
  minify: true,
  metafile: true, // what `scripts/licences.cjs` goes by
  noExternal: [everythingElse],
  // pdfkit reads its font metrics from files beside its code.
  external: [...missingEngines, 'pdfkit', 'pg-native'],
  esbuildPlugins: [unusedOfEngine],
  plugins: [commonJsChunks],
});
