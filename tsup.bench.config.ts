import { defineConfig } from 'tsup';
import program from './tsup.config';

/**
 * The benchmarks are built as the program is, so that they measure what users run. Nothing is packed here: the commands
 * that are timed come from `dist/`.
 */
export default defineConfig({ ...program, entry: { run: 'bench/run.ts' }, outDir: 'build/bench' });
