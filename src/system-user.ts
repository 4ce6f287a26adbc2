import { readFileSync } from 'node:fs';

/** The system user, without starting a program to ask for it. */
export function systemUser(): string {
  try {
    return listedUser(String(process.geteuid?.())) ?? os().userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`; // a container may run as a user that has no name
  }
}

/** Who has that number in the system's own file. To ask the system takes ten times as long, and also reads it first. */
function listedUser(id: string): string | undefined {
  let lines: readonly string[];
  try {
    lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  } catch {
    return undefined;
  }
  for (const line of lines) {
    const [name, , number] = line.split(':', 3);
    if (number === id && name !== undefined && name !== '' && !'+-'.includes(name.charAt(0))) return name; // those are of NIS
  }
  return undefined;
}

/** Loaded only where the environment says neither who nor where. */
export function os(): typeof import('node:os') {
  return process.getBuiltinModule('node:os');
}
