import { escapeControl } from '../output/escape';
import { createCall } from './call';
import { createCli, tell } from './cli';
import { writeDirectly } from './descriptors';
import { NOUNS } from './nouns';
import { type Route, route } from './route';
import { refuseSecretArguments } from './secrets';
import { watchSignals } from './signals';
import type { World } from './world';

/** Runs one command line and answers the status to end with. Never throws and never ends the process itself. */
export async function runProgram(argv: readonly string[], world: World): Promise<number> {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  try {
    // What follows `wallet run … --` is another program's business: a telephone number there is no card number.
    refuseSecretArguments(own.includes('run') ? own : argv);
    return await follow(await route(argv), world);
  } catch (error) {
    const debug = own.includes('--debug') || isSet(world.env.WALLET_DEBUG);
    const { reportError } = await import('./report-error');
    const report = reportError(error, { json: asksForJson(own), debug });
    tell(world, report.text);
    return report.status;
  }
}

/** Before the line is understood: even its faults are told in the form it asks for. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, at) => word === '--json' || word === '--format=json' || (word === 'json' && argv[at - 1] === '--format'),
  );
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

async function follow(target: Route, world: World): Promise<number> {
  if (target.kind === 'version') return print(world, `${world.version}\n`);
  if (target.kind === 'help') {
    const { renderHelp } = await import('./help');
    return print(world, renderHelp(NOUNS, target.noun, target.commands));
  }
  const call = createCall(target.spec.path, target.parsed);
  const signals = watchSignals(target.spec, (line) => tell(world, `${escapeControl(line)}\n`));
  const cli = createCli(world, call, signals);
  try {
    return await target.spec.run(call, cli);
  } finally {
    await cli.close();
  }
}

async function print(world: World, text: string): Promise<number> {
  if (writeDirectly('stdout', text) !== 'later') return 0;
  const { createStreamSink } = await import('../output/streams');
  await createStreamSink(world.stdout).write(text);
  return 0;
}
