import { quote } from '../../core/credits';
import { WalletError } from '../../core/errors';
import { nearest, parseSlug } from '../../core/text';
import type { Column } from '../../output/view';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { sayWhereItEnds } from '../input-file';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import { redact } from '../secrets';
import type { CommandSpec } from '../spec';
import type { ConfigContent, Kept } from '../world';

interface ProfileRow extends Kept {
  readonly name: string;
  readonly inUse: boolean;
}

const COLUMNS: readonly Column<ProfileRow>[] = [
  { key: 'name', title: 'Profile', kind: 'text', cell: (row) => row.name, whole: true },
  { key: 'in_use', title: 'In use', kind: 'text', cell: (row) => (row.inUse ? 'yes' : null) },
  { key: 'org', title: 'Organisation', kind: 'text', cell: (row) => row.org ?? null },
  { key: 'ledger', title: 'Ledger', kind: 'text', cell: (row) => redact(row.ledger ?? '') || null },
  { key: 'api', title: 'API', kind: 'text', cell: (row) => row.api ?? null },
  { key: 'as', title: 'Actor', kind: 'text', cell: (row) => row.as ?? null },
  { key: 'tz', title: 'Zone', kind: 'text', cell: (row) => row.tz ?? null },
];

const NAME = { name: 'name', help: 'its name: letters, digits, dots, dashes' };

export const commands: readonly CommandSpec[] = [
  {
    path: 'profile add',
    summary: 'save settings under a name',
    details:
      'Saves what --org, --ledger, --api, --as and --tz say on this line. Saving again replaces it. A token for --api is read from stdin, never from the line, and kept in the configuration file, which only its owner can read.',
    args: [NAME],
    options: [{ flag: '--token-stdin', help: 'read the API token from stdin' }],
    examples: [
      { command: 'wallet profile add shop --org shop --ledger /srv/shop.db', says: 'then: wallet --profile shop …' },
    ],
    kind: 'local',
    keyed: 'settings',
    secret: async (call, cli) => (call.has('token-stdin') ? readToken(cli) : undefined),
    async run(call, cli, apiToken) {
      const { configFile } = cli.world;
      const content = configFile.read();
      const name = parseSlug(call.arg(0), 'profile');
      const kept = keptOf(call);
      const profile = given({ ...kept, apiToken });
      await configFile.write({ ...content, profiles: { ...content.profiles, [name]: profile } });
      return cli.show({ profile: { name, ...kept } }, () => `saved the profile ${name}\n`, name);
    },
  },
  {
    path: 'profile list',
    summary: 'the saved profiles',
    examples: [{ command: 'wallet profile list', says: 'and which one is in use' }],
    kind: 'local',
    list: 'paged',
    async run(call, cli) {
      const { profiles = {} } = cli.world.configFile.read();
      const used = cli.settings.profile.value;
      const rows = Object.entries(profiles).map(
        ([name, kept]): ProfileRow => ({ name, inUse: name === used, ...shown(kept) }),
      );
      return showList(call, cli, {
        name: 'profiles',
        columns: COLUMNS,
        money: false,
        fetch: pagesOf(
          async () => rows,
          ({ name }) => name,
        ),
      });
    },
  },
  {
    path: 'profile use',
    summary: 'use a profile from now on',
    args: [NAME],
    examples: [{ command: 'wallet profile use shop', says: 'until another is chosen' }],
    kind: 'local',
    keyed: 'settings',
    async run(call, cli) {
      const { configFile } = cli.world;
      const content = configFile.read();
      const [name, kept] = requireProfile(content, call.arg(0));
      await configFile.write({ ...content, profile: name });
      return cli.show({ profile: { name, ...shown(kept) } }, () => `the profile ${name} is in use now\n`, name);
    },
  },
  {
    path: 'profile remove',
    summary: 'forget a profile',
    args: [NAME],
    examples: [{ command: 'wallet profile remove shop', says: 'the ledger stays as it is' }],
    kind: 'local',
    keyed: 'settings',
    async run(call, cli) {
      const { configFile } = cli.world;
      const content = configFile.read();
      const [name, kept] = requireProfile(content, call.arg(0));
      const { [name]: _, ...profiles } = content.profiles ?? {};
      const { profile, ...rest } = content;
      await configFile.write({ ...rest, ...(profile === undefined || profile === name ? {} : { profile }), profiles });
      return cli.show({ profile: { name, ...shown(kept) } }, () => `removed the profile ${name}\n`, name);
    },
  },
];

/** Everything but the token, which is shown nowhere. */
function shown({ apiToken: _, ...kept }: Kept): Omit<Kept, 'apiToken'> {
  return kept;
}

async function readToken(cli: Cli): Promise<string> {
  let text = '';
  sayWhereItEnds(cli);
  for await (const chunk of cli.world.stdin) text += String(chunk);
  const token = text.trim();
  if (/^[\x21-\x7e]{1,300}$/.test(token)) return token;
  throw new WalletError('invalid_input', 'there is no token on stdin', {
    why: 'a token is one line without spaces',
    hint: 'wallet token create --role ROLE -q | wallet profile add NAME --api URL --token-stdin',
  });
}

function keptOf(call: Call): Kept {
  return given({
    org: call.text('org'),
    ledger: call.text('ledger'),
    api: call.text('api'),
    as: call.text('as'),
    tz: call.text('tz'),
  });
}

function requireProfile({ profiles = {} }: ConfigContent, name: string): readonly [name: string, kept: Kept] {
  const kept = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (kept !== undefined) return [name, kept];
  const guess = nearest(name, Object.keys(profiles));
  throw new WalletError('unknown_profile', `there is no profile ${quote(name)}`, {
    why:
      Object.keys(profiles).length === 0
        ? 'no profile was saved yet'
        : `there are: ${Object.keys(profiles).join(', ')}`,
    hint: guess === undefined ? 'wallet profile list' : `did you mean ${guess}?`,
  });
}
