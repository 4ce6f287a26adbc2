import { type Call, given } from './call';
import type { Cli } from './cli';
import { sayRange } from './filters';
import { SANDBOX } from './wording';

/** `wallet report forecast`. */
export async function showForecast(call: Call, cli: Cli): Promise<0> {
  const forecast = await (await cli.wallet()).reports.forecast(given({ period: call.text('period') }));
  await sayRange(forecast.range, cli);
  cli.note(`burn: ${forecast.rounding}, over ${forecast.days} days`);
  return cli.show(forecast, async () => {
    const clock = await cli.clock();
    const { burnPerDay, runsDryAt, runsDry, suggested, reason, available } = forecast;
    const time = (at: string | null | undefined) => (at == null ? 'not in sight' : clock(at));
    const unknown = reason ?? 'not in sight';
    return cli.facts([
      ['available', available],
      ['burn a day', burnPerDay ?? unknown],
      ['runs dry', runsDryAt === null ? unknown : time(runsDryAt)],
      ...(runsDry === null || runsDry.earliest === null
        ? []
        : [['between', `${time(runsDry.earliest)} and ${time(runsDry.latest)}`] as const]),
      [
        'suggested',
        suggested === null ? unknown : `wallet recharge set --below ${suggested.below} --amount ${suggested.amount}`,
      ],
      ...((await cli.organisation()).mode === 'sandbox' ? [[SANDBOX, 'no real money'] as const] : []),
    ]);
  });
}
