/** `wlt_test_1_<22 digits>_<64 digits>_<6 digits>`: mode, organisation's number, id, secret, checksum. */
const TOKEN = /^(wlt_(live|test)_([1-9][0-9]{0,8})_([0-9a-f]{26})_([0-9a-f]{64}))_([0-9a-f]{6})$/;
export const SECRET_DIGITS = 64;

type Digest = (parts: readonly string[]) => string;

/** What a token says of itself. The secret proves it; nothing is believed before. */
export interface TokenParts {
  readonly org: number;
  readonly id: string;
  readonly secret: string;
}

/**
 * The token as it is shown once. The prefix and the checksum let scanners tell a leaked one from a chance string; the
 * secret is 256 random bits in hexadecimal.
 */
export function formatToken(mode: 'live' | 'test', parts: TokenParts, digest: Digest): string {
  const body = `wlt_${mode}_${parts.org}_${parts.id.slice('tok_'.length)}_${parts.secret}`;
  return `${body}_${checksumOf(body, digest)}`;
}

/** The parts of a token, or undefined where it is none: malformed, or its checksum is not its own. */
export function parseToken(text: string, digest: Digest): TokenParts | undefined {
  const [, body = '', , org, id, secret = '', checksum] = TOKEN.exec(text) ?? [];
  if (checksum === undefined || checksumOf(body, digest) !== checksum) return undefined;
  return { org: Number(org), id: `tok_${id}`, secret };
}

/** What is stored of a secret. It is random, so a slow digest would protect nothing. */
export function hashOf(secret: string, digest: Digest): string {
  return digest(['wallet token\n', secret]);
}

function checksumOf(body: string, digest: Digest): string {
  return digest([body]).slice(0, 6);
}
