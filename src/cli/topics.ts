import { STATUS_MEANINGS } from './exit-status';

/** What `wallet help <topic>` says, where no command's help is the place for it. Lines fit 80 columns. */
export const TOPICS: Readonly<Record<string, () => string>> = {
  statuses: () => `Exit statuses

${STATUS_MEANINGS.map(([status, meaning]) => `  ${String(status).padStart(3)}  ${meaning}`).join('\n')}

An error is three lines on stderr: what happened, why, and what to do next.
With --json it is one JSON document on stderr, and stdout stays empty:
  {"error":{"code":"unknown_app","message":"…","hint":"…","details":{…}}}
The code is a stable word; the sentences may change.
`,
  amounts: () => `Amounts

One credit is one US dollar. Amounts are exact, to six decimals.

  In    plain decimals: 100, 100.5, 0.01
        no sign, exponent, separator or currency mark
        purchases are in steps of 0.01, 1.00 at least
  Out   at least two and at most six decimals: 100.00, -1.975, 0.0079
        JSON and CSV give them as text, so that no program rounds them

  posted     credits in the wallet
  held       reserved by open holds
  available  posted - held: what may be spent
`,
  periods: () => `Times and periods

  --period  2026, 2026-Q3, 2026-10, 2026-10-05
            today, yesterday, last-30d
            this-week|month|quarter|year, last-week|month|quarter|year
            A..B, where A and B are dates or times, and one may be missing
  --from    a date or a time; it is included
  --to      a date includes its whole day; a time is excluded

A date is a day in the organisation's time zone, or in that of --tz. A time is
written with its zone, as in 2026-10-31T12:00:00Z. Weeks start on Monday.
JSON and CSV give times in UTC; tables give them in the organisation's zone.
`,
  plans: () => `Plans

A plan is a YAML file of what is to be. What it does not name stays as it is.

  services:
    sms: { price: 0.0079, free-quota: 100/month }
    fax: { price: 0.04, unit: page, name: Fax, billing: prepaid }
    bulk: { tiers: "0:0.01,10000:0.008", billing: postpaid }
  apps:
    crm: { name: CRM, limit: 200, on-limit: block }
  alerts:
    - { kind: low-balance, below: 30, to: ada@example.com }
    - { kind: spend, over: 80, per: day, app: crm, to: [role:admin] }
    - { kind: card-expiring, to: role:accountant }
  recharge:
    below: 50
    amount: 100        # or refill-to: 200
    monthly-cap: 500   # or none
    daily-count: 5
    cooldown: 10m
    max-failures: 3
    enabled: true

  wallet plan FILE    what applying it would change, and charge
  wallet apply FILE   does it, all or nothing; asks, or needs --yes, to charge

An alert is the one that watches the same; with another threshold it is changed.
A plan has a digest: wallet apply FILE --plan DIGEST does it only if it is still
what that plan said.
`,
  money: () => `Money

What never happens: a charge without credits, credits without a charge, or one
of them twice, whatever crashes, times out or runs at the same time.

  Spending money asks first. Without a terminal it needs --yes.
  --dry-run says what would happen and does nothing.
  --idempotency-key K does it once, however often it is run.
  A payment whose outcome is unknown (status 7) is on record and is not sent
  again: wallet reconcile asks the card processor and books the answer.
  The sandbox says SANDBOX wherever money is shown, and never mixes with real
  money: a ledger keeps to one processor for life.

  wallet verify    proves every balance from the log
  wallet backup    copies the ledger while it is in use
`,
  environment: () => `Environment

A flag wins over a variable, a variable over the profile, the profile over the
configuration file. An empty variable counts as none.

  WALLET_ORG                the organisation (--org)
  WALLET_LEDGER             SQLite file or postgres:// URL (--ledger)
  WALLET_MIGRATE_TO         where wallet migrate moves the ledger (--to)
  WALLET_API_URL            a wallet server instead of a ledger (--api)
  WALLET_API_TOKEN          the token for it; never a flag
  WALLET_PROFILE            settings saved under a name (--profile)
  WALLET_ACTOR              who does it, for the audit trail (--as)
  WALLET_TZ                 time zone for dates (--tz)
  WALLET_NO_INPUT, CI       never ask anything (--no-input)
  WALLET_PAGER              show long lists page by page (--pager)
  WALLET_DEBUG              stacks of unexpected errors (--debug)
  WALLET_MAX_PURCHASE       the most that one purchase may be (10000.00)
  WALLET_NOW                the time it is, on a sandbox ledger only

  STRIPE_API_KEY            the key of the card processor
  WALLET_STRIPE_API_BASE    its address, for tests
  STRIPE_WEBHOOK_SECRET     what Stripe signs its webhooks with
  WALLET_SMTP_URL           the mail server, such as smtps://user:pass@host
  WALLET_SMTP_FROM          who mail is from; the mail server's user if not set
  WALLET_WEBHOOK_SECRET     what alerts to webhooks are signed with
  WALLET_WEBHOOK_ALLOW      private hosts that they may go to all the same

  NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM
  XDG_CONFIG_HOME, XDG_DATA_HOME, HOME

Ledger: $XDG_DATA_HOME/wallet/ledger.db, else ~/.local/share/wallet/ledger.db
Settings: $XDG_CONFIG_HOME/wallet/config.json, else ~/.config/wallet/config.json
`,
};
