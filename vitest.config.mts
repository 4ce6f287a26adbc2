import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/helpers/postgres-setup.ts',
    // Tests start whole processes and open real databases: forks keep native code and signals apart.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // With extra certificates every start of Node takes about 100 ms longer, and no test leaves this machine.
    env: { NODE_EXTRA_CA_CERTS: '' },
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
