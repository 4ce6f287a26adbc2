// Who may import whom, and why. ARCHITECTURE.md has the drawing.

const folders = {
  core: {
    may: [],
    comment: 'core says what is true; it depends on nothing, so that every rule can be tested as a plain function',
  },
  ports: { may: ['core'], comment: 'ports say what the use cases need, in the words of core alone' },
  contract: { may: ['core'], comment: 'contract says what a caller can ask; local and remote wallets both keep it' },
  app: {
    may: ['core', 'ports', 'contract'],
    comment: 'a use case reaches the world through a port, so any store or processor can stand behind it',
  },
  adapters: { may: ['core', 'ports'], comment: 'an adapter serves a port; it knows neither commands nor use cases' },
  http: {
    may: ['contract', 'core/errors'],
    comment: 'both ends of the wire carry the contract and nothing else, so they cannot drift apart',
  },
  input: { may: ['core'], comment: 'input turns files into typed rows; what becomes of them is not its business' },
  output: {
    may: ['core'],
    comment: 'output turns a report value into text; it must not know where the value came from',
  },
  cli: {
    may: ['core', 'contract', 'input', 'output'],
    comment: 'a command talks to the contract, so it cannot tell a local wallet from a remote one',
  },
};

const folderRules = Object.entries(folders).map(([name, { may, comment }]) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment,
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [name, ...may].map((folder) => `^src/${folder}[/.]`) },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'no library, no Node: no clock, no randomness and no I/O can reach a decision about money',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-libraries-in-the-middle',
      severity: 'error',
      comment: 'libraries come and go; ports and use cases stay. A library belongs behind a port',
      from: { path: '^src/(ports|app)/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'config-imports',
      severity: 'error',
      comment: 'settings are read before anything is put together',
      from: { path: '^src/config\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/core/', '^src/system-user\\.ts$'] },
    },
    {
      name: 'nobody-knows-main',
      severity: 'error',
      comment: 'the composition root knows everyone; whoever imports it back gets the whole program with it',
      from: { path: '^src/', pathNot: '^src/main\\.ts$' },
      to: { path: '^src/(main|config)\\.ts$' },
    },
    {
      name: 'source-stands-alone',
      severity: 'error',
      comment: 'tests and benchmarks lean on the source, never the other way round',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-barrels',
      severity: 'error',
      comment: 'an index file imports everything beside it: slow to start, and the way cycles are made',
      from: {},
      to: { path: '^src/.*index\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'modules in a ring can only be understood and changed together, even where one of them loads late',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'a module nobody imports, and that imports nothing, is dead or forgotten',
      from: { orphan: true, path: '^src/' },
      to: {},
    },
    {
      name: 'imports-exist',
      severity: 'error',
      comment: 'an import that leads nowhere fails at the user. npm leaves one of the two engines out, by Node version',
      from: {},
      to: { couldNotResolve: true, pathNot: '^better-sqlite3' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // types count: who knows a type knows its owner
    detectProcessBuiltinModuleCalls: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
    },
  },
};
