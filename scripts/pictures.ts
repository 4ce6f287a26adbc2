// The pictures of the pages, drawn from what the commands really answer.
import { playInColour } from './console-page';
import { pictureOf } from './terminal-picture';

/** What was done before, as the README has it; no picture is drawn of it. */
const STORY = [
  'wallet init --org acme --email ada@acme.example',
  'wallet card add --payment-method pm_card_visa',
  'wallet buy 100 --yes',
  'wallet service set sms --price 0.0085',
  'wallet app add crm && wallet app add shop && wallet app add newsletter',
  'wallet usage import examples/usage-2026-10.csv',
  'wallet hold create --app shop --service email --quantity 5000 --campaign autumn',
  'wallet recharge set --below 30 --amount 100 --monthly-cap 500',
  'wallet alert add low-balance --below 20 --to ada@acme.example',
];

const PICTURES: Readonly<Record<string, string>> = {
  'docs/images/status.svg': 'wallet status',
  'docs/images/transactions.svg': 'wallet transactions --app crm --period 2026-10-29..2026-10-31',
  'docs/images/usage-chart.svg': 'wallet report usage --by week --period 2026-10 --chart',
};

/** Each picture by its file. */
export function drawPictures(): ReadonlyMap<string, string> {
  const commands = Object.values(PICTURES);
  const answers = playInColour(STORY, commands);
  const files = Object.keys(PICTURES);
  return new Map(files.map((file, at) => [file, pictureOf(`$ ${commands[at]}\n${answers[at]}`, commands[at] ?? '')]));
}
