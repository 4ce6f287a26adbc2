import { defineConfig } from 'tsup';
import program from './tsup.config';

/**
 * The benchmarks are built as the program is, so that they measure what users run. Only a `main.js` is packed with its
 * hot chunks, and there is none here: the commands that are timed come from `dist/`.
 */
export default defineConfig({ ...program, entry: { run: 'bench/run.ts' }, outDir: 'build/bench' });
