import { GLOBAL_OPTIONS, ownOptions } from './options';
import { type CommandSpec, type Noun, type OptionSpec, usageOf } from './spec';
import { TOPICS } from './topics';

/** Every command as one manual page, `wallet(1)`, from the same data as the help. */
export async function renderManual(nouns: readonly Noun[], version: string): Promise<string> {
  const commands = await Promise.all(nouns.map(async (noun) => (await noun.load()).commands));
  return [
    `.TH WALLET 1 "" "wallet ${version}" "User Commands"`,
    section('NAME'),
    'wallet \\- prepaid credits: buy them, spend them, prove every one',
    section('SYNOPSIS'),
    '.B wallet\n.I command\n[\\fIoptions\\fR]',
    section('COMMANDS'),
    ...commands.flat().map(commandPart),
    section('OPTIONS OF EVERY COMMAND'),
    ...GLOBAL_OPTIONS.map(optionPart),
    ...Object.entries(TOPICS).map(
      ([name, text]) => `${section(name.toUpperCase())}\n.nf\n${text().split('\n').slice(2).map(plain).join('\n')}.fi`,
    ),
    '',
  ].join('\n');
}

function commandPart(spec: CommandSpec): string {
  const examples = spec.examples.map(
    ({ command, says }) => `.PP\n${plain(says)}:\n.PP\n.EX\n    ${plain(command)}\n.EE`,
  );
  const details = spec.details === undefined ? [] : [`.PP\n${plain(spec.details)}`];
  const head = `.SS "wallet ${plain(usageOf(spec))}"\n${plain(spec.summary)}.`;
  return [head, ...details, ...ownOptions(spec).map(optionPart), ...examples].join('\n');
}

function optionPart({ flag, short, help, choices }: OptionSpec): string {
  const left = short === undefined ? flag : `${short}, ${flag}`;
  return `.TP\n\\fB${plain(left)}\\fR\n${plain(choices === undefined ? help : `${help}; one of ${choices.join(', ')}`)}`;
}

function section(title: string): string {
  return `.SH ${title}`;
}

/** Text that roff takes as it is: no escapes, no requests, dashes that can be copied. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
