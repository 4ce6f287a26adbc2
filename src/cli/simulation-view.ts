import type { SimulatedRecharge } from '../contract/outlook';
import type { RechargeTyped } from '../contract/recharge';
import type { Column } from '../output/view';
import { type Call, given } from './call';
import type { Cli } from './cli';
import { sayRange } from './filters';
import { showList } from './list';
import { counted } from './wording';

const COLUMNS: readonly Column<SimulatedRecharge>[] = [
  { key: 'at', title: 'When', kind: 'time', cell: (each) => each.at },
  { key: 'credits', title: 'Charged', kind: 'amount', cell: (each) => each.credits },
  { key: 'balance', title: 'Balance', kind: 'amount', cell: (each) => each.balance },
];

/** `wallet recharge simulate`: the charges as a list, and what they came to on stderr. */
export async function showSimulation(call: Call, cli: Cli, terms: RechargeTyped): Promise<0> {
  const { recharge } = await cli.wallet();
  const request = given({ ...terms, below: terms.below ?? '', period: call.text('period') });
  const { recharges, ...figures } = await recharge.simulate(request);
  await sayRange(figures.range, cli);
  cli.note(`replayed: ${figures.granularity}`);
  await showList(call, cli, {
    name: 'recharges',
    columns: COLUMNS,
    fetch: async () => ({ rows: recharges, next: null }),
    footer: () => (recharges.length === 0 ? [] : [{ credits: figures.charged }]),
    extra: () => figures,
  });
  const clock = await cli.clock();
  const { lowestBalance, lowestAt, daysDry, capHits, charged, closing } = figures;
  cli.note(`${counted(recharges.length, 'top-up')}, ${charged} charged; closing balance ${closing}`);
  cli.note(`lowest balance ${lowestBalance} (${clock(lowestAt)}); ${counted(daysDry, 'day')} dry`);
  for (const { at, guard, credits } of capHits)
    cli.note(`stopped by ${guard.replaceAll('_', ' ')} at ${clock(at)}: ${credits} were needed`);
  return 0;
}
