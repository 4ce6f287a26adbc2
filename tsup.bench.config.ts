import { defineConfig } from 'tsup';
import program from './tsup.config';

/** The benchmarks are built as the program is, so that they measure what users run. */
export default defineConfig({ ...program, entry: { run: 'bench/run.ts' }, outDir: 'build/bench' });
