'use strict';
// `npm run quickstart`: the main job from an empty machine to a proven ledger, with play money, in a folder that is gone
// afterwards. Every command is shown as it is typed, with what it answered. No terminal is asked anything.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');
const executable = path.join(root, 'bin', 'wallet.js');
/** The sample is of October 2026; the sandbox lets the clock be set, so that October is always last month. */
const NOW = '2026-11-02T09:00:00Z';

const INTERRUPTED = { SIGINT: 130, SIGTERM: 143 };

/** A note, or a command line; `status` is the one it must end with where that is not 0. */
const STORY = [
  { note: 'an organisation, a card that always pays, and 100 credits' },
  { wallet: 'init --org acme' },
  { wallet: 'card add --payment-method pm_card_visa' },
  { wallet: 'buy 100 --yes' },
  { note: 'what a text message costs here, and who will spend' },
  { wallet: 'service set sms --price 0.0085' },
  { wallet: 'app add crm' },
  { wallet: 'app add shop' },
  { wallet: 'app add newsletter' },
  { note: 'a month of usage; two of its rows are wrong on purpose: they are listed and cost nothing (status 10)' },
  { wallet: 'usage import examples/usage-2026-10.csv', status: 10 },
  { wallet: 'balance' },
  { note: 'what one app spent on one service, and the whole month as a file' },
  { wallet: 'transactions --app crm --service sms --period 2026-10 --min 0.25' },
  { wallet: 'transactions --period 2026-10 --totals -o october.csv' },
  { show: 'october.csv', lines: 3 },
  { note: 'nothing was lost, changed or made up' },
  { wallet: 'verify' },
];

main();

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wallet-quickstart-'));
  for (const [signal, status] of Object.entries(INTERRUPTED)) process.on(signal, () => (process.exitCode = status));
  try {
    fs.cpSync(path.join(root, 'examples'), path.join(folder, 'examples'), { recursive: true });
    fs.mkdirSync(path.join(folder, 'home'));
    console.log(`A throw-away ledger in ${folder}; no real money, and the clock stands at ${NOW}.`);
    for (const step of STORY) {
      const status = play(step, folder);
      await new Promise(setImmediate); // lets a signal in, which waits while a command runs
      if (process.exitCode !== undefined) return;
      if (status !== (step.status ?? 0)) {
        process.exitCode = stopped(step, status);
        return;
      }
    }
    console.log(whatNext());
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Does one step in the folder and answers its status. */
function play({ note, wallet, show, lines }, folder) {
  if (note !== undefined) {
    console.log(`\n# ${note}`);
    return 0;
  }
  if (show !== undefined) {
    console.log(`$ head -n ${lines} ${show}`);
    const text = fs.readFileSync(path.join(folder, show), 'utf8');
    console.log(text.split('\n').slice(0, lines).join('\n'));
    return 0;
  }
  console.log(`$ wallet ${wallet}`);
  const stdio = ['ignore', 'inherit', 'inherit'];
  const run = spawnSync(process.execPath, [executable, ...wallet.split(' ')], {
    cwd: folder,
    env: clean(folder),
    stdio,
  });
  if (run.error !== undefined) console.error(String(run.error));
  return run.status ?? 1;
}

/** This user's settings stay out of it: no ledger, profile, zone or key of theirs is touched or needed. */
function clean(folder) {
  const theirs = /^(WALLET_|STRIPE_|XDG_|CLICOLOR_FORCE$|FORCE_COLOR$|NODE_OPTIONS$)/;
  const kept = Object.entries(process.env).filter(([name]) => !theirs.test(name));
  return { ...Object.fromEntries(kept), HOME: path.join(folder, 'home'), WALLET_NOW: NOW };
}

function stopped({ wallet, status = 0 }, ended) {
  console.error(`\nquickstart stopped: \`wallet ${wallet}\` ended with ${ended} and not with ${status}`);
  return ended === 0 ? 1 : ended;
}

function whatNext() {
  return `
That was the main job, and the folder it happened in is gone. Next, with a ledger of your own:

  alias wallet='${executable}'
  wallet init --org acme     still play money
  wallet card add            asks which test card
  wallet buy 100             asks before it charges
  wallet help                everything else

wallet demo tells the rest of the story: a declined card, holds, auto top-up, a statement.
README.md has the ten commands to know, docs/getting-started.md takes them slowly.`;
}
