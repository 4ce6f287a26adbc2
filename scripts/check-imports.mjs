// Checks the import rules. dependency-cruiser passes when it understood no file at all (a compiler it does not know is
// enough), so the number of modules it saw is part of the check.
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

process.chdir(join(import.meta.dirname, '..'));
const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(['src'], options, options.enhancedResolveOptions, {
  tsConfig: extractTsConfig('tsconfig.json'),
});
report(output.summary);

function report({ totalCruised, totalDependenciesCruised, violations, ruleSetUsed }) {
  const reasons = new Map(ruleSetUsed.forbidden.map((rule) => [rule.name, rule.comment]));
  for (const { rule, from, to, cycle } of violations) {
    const path = cycle ? [from, ...cycle.map((step) => step.name)] : [from, to];
    console.log(`${rule.name}: ${path.join(' -> ')}\n  ${reasons.get(rule.name)}`);
  }
  console.log(`${totalCruised} modules, ${totalDependenciesCruised} imports, ${violations.length} violations`);
  if (violations.length > 0 || totalCruised === 0) process.exitCode = 1;
}
