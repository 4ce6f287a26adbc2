'use strict';
// Checks the import rules. dependency-cruiser passes when it understood no file at all (a compiler it does not know is
// enough), so the number of modules it saw is part of the check.
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const root = path.join(__dirname, '..');
const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const run = spawnSync(process.execPath, [cruiser, 'src', '--config', '--output-type', 'json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});

try {
  report(JSON.parse(run.stdout).summary);
} catch {
  console.error(run.stderr || run.stdout);
  process.exitCode = 1;
}

function report({ totalCruised, totalDependenciesCruised, violations, ruleSetUsed }) {
  const reasons = new Map(ruleSetUsed.forbidden.map((rule) => [rule.name, rule.comment]));
  for (const { rule, from, to, cycle } of violations) {
    const where = cycle ? [from, ...cycle.map((step) => step.name ?? step)].join(' -> ') : `${from} -> ${to}`;
    console.log(`${rule.name}: ${where}\n  ${reasons.get(rule.name)}`);
  }
  console.log(`${totalCruised} modules, ${totalDependenciesCruised} imports, ${violations.length} violations`);
  if (violations.length > 0 || totalCruised === 0) process.exitCode = 1;
}
