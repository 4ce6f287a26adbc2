import type { PriceTier, Service, ServiceHistory, ServiceTerms } from '../../contract/catalogue';
import type { Column } from '../../output/view';
import { type Call, given } from '../call';
import type { Cli, Styled } from '../cli';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec, OptionSpec } from '../spec';

const TERMS: readonly OptionSpec[] = [
  { flag: '--free-quota <n/month>', help: 'free units a calendar month, such as 100/month' },
  { flag: '--billing <kind>', help: 'from credits, or by monthly invoice', choices: ['prepaid', 'postpaid'] },
  { flag: '--tiers <list>', help: "prices from the month's n-th unit: 0:0.01,10000:0.008" },
];

const COLUMNS: readonly Column<Service>[] = [
  { key: 'service', title: 'Service', kind: 'text', cell: (service) => service.service, whole: true },
  { key: 'name', title: 'Name', kind: 'text', cell: (service) => service.name, spare: 1 },
  { key: 'unit', title: 'Unit', kind: 'text', cell: (service) => service.unit },
  { key: 'price', title: 'Price', kind: 'amount', cell: (service) => service.price },
  { key: 'free_quota', title: 'Free a month', kind: 'count', cell: (service) => service.freeQuota },
  { key: 'tiers', title: 'Tiers', kind: 'text', cell: ({ tiers }) => (tiers.length > 1 ? tiersText(tiers) : null) },
  { key: 'billing', title: 'Billing', kind: 'text', cell: (service) => service.billing },
  { key: 'example', title: 'Price is', kind: 'text', cell: (service) => (service.example ? 'an example' : 'set') },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'service list',
    summary: 'the services and their prices',
    examples: [{ command: 'wallet service list', says: 'prices in force now' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { catalogue } = await cli.wallet();
      const fetch = pagesOf(
        async () => (await catalogue.listServices()).services,
        ({ service }) => service,
      );
      return showList(call, cli, { name: 'services', columns: COLUMNS, fetch });
    },
  },
  {
    path: 'service show',
    summary: 'one service with all its prices',
    args: [{ name: 'service', help: 'its name, such as sms' }],
    examples: [{ command: 'wallet service show sms', says: 'every price it ever had' }],
    kind: 'read',
    async run(call, cli) {
      const result = await (await cli.wallet()).catalogue.showService({ service: call.arg(0) });
      return cli.show(result, () => describe(result.service, cli));
    },
  },
  {
    path: 'service add',
    summary: 'add a service to the catalogue',
    args: [{ name: 'service', help: 'its name: letters, digits, dashes' }],
    options: [
      { flag: '--price <amount>', help: 'per unit', required: true },
      { flag: '--unit <name>', help: 'what is counted, such as message' },
      { flag: '--name <name>', help: 'its name for people' },
      ...TERMS,
    ],
    examples: [{ command: 'wallet service add fax --price 0.05 --unit page', says: 'five cents a page' }],
    kind: 'change',
    async run(call, cli) {
      const terms = {
        ...termsOf(call),
        price: call.text('price') ?? '',
        unit: call.text('unit'),
        name: call.text('name'),
      };
      const request = given({ service: call.arg(0), ...terms, ...call.change() });
      const result = await (await cli.wallet()).catalogue.addService(request);
      return cli.show(result, () => `added ${line(result.service)}`, result.service.service);
    },
  },
  {
    path: 'service set',
    summary: "change a service's price or terms",
    details: 'Makes a new price version, from now or from a later time. What was used before keeps its price.',
    args: [{ name: 'service', help: 'its name, such as sms' }],
    options: [
      { flag: '--price <amount>', help: 'per unit' },
      { flag: '--from <time>', help: 'when it takes effect, a date or time; now if not said' },
      ...TERMS,
    ],
    examples: [
      { command: 'wallet service set sms --price 0.0079', says: 'from now on' },
      { command: 'wallet service set sms --price 0.009 --from 2027-01-01', says: 'from the new year' },
    ],
    kind: 'change',
    async run(call, cli) {
      const request = given({ service: call.arg(0), from: call.text('from'), ...termsOf(call), ...call.change() });
      const result = await (await cli.wallet()).catalogue.setService(request);
      return cli.show(result, () => `set ${line(result.service)}`, result.service.service);
    },
  },
];

function termsOf(call: Call): ServiceTerms {
  return given({
    price: call.text('price'),
    freeQuota: call.text('free-quota'),
    billing: call.text('billing'),
    tiers: call.text('tiers'),
  });
}

function tiersText(tiers: readonly PriceTier[]): string {
  return tiers.map(({ from, price }) => `${from}:${price}`).join(',');
}

function line({ service, price, unit, freeQuota, billing }: Service): string {
  const quota = freeQuota === 0 ? '' : `, ${freeQuota} free a month`;
  return `${service}: ${price} a ${unit}${quota}, ${billing}\n`;
}

async function describe(service: ServiceHistory, cli: Cli): Promise<Styled> {
  const clock = await cli.clock();
  return cli.facts([
    ['service', service.service],
    ['name', service.name],
    ['unit', service.unit],
    ['price', `${service.price}${service.example ? ' (an example: set your own)' : ''}`],
    ['free a month', service.freeQuota],
    ['tiers', service.tiers.length > 1 ? tiersText(service.tiers) : null],
    ['billing', service.billing],
    ...service.versions.map(
      ({ version, price, effectiveFrom, freeQuota, billing }, index) =>
        [
          index === 0 ? 'versions' : '',
          `${version}: ${price} ${startText(effectiveFrom, clock)}, ${freeQuota} free, ${billing}`,
        ] as const,
    ),
  ]);
}

/** A starter price holds for whatever was used before anybody set one. */
function startText(from: string, clock: (time: string) => string): string {
  return from.startsWith('1970-01-01T00:00:00') ? 'from the beginning' : `from ${clock(from)}`;
}
