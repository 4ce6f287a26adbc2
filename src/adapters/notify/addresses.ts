import type { LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { WalletError } from '../../core/errors';
import { NotDelivered } from '../../ports/notifier';

/** Addresses that lead into somebody's own network, or nowhere. */
const CLOSED_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** All but what is routed in public, and within it what wraps an IPv4 address or is set apart. */
const CLOSED_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;
const INTERNAL = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)$/;
const MOST_CHARACTERS = 2_000;

/** Where webhooks may go: what is public, what was allowed by name or range, and this machine where it says so itself. */
export class AddressGuard {
  readonly #closed = new BlockList();
  readonly #public6 = new BlockList();
  readonly #allowed = new BlockList();
  readonly #allowedNames = new Set<string>();

  /** `allow`: host names, addresses and ranges such as `10.1.0.0/16`, parted by commas. Throws `invalid_config`. */
  constructor(allow: string | undefined) {
    for (const [net, bits] of CLOSED_V4) this.#closed.addSubnet(net, bits, 'ipv4');
    for (const [net, bits] of CLOSED_V6) this.#closed.addSubnet(net, bits, 'ipv6');
    this.#public6.addSubnet('2000::', 3, 'ipv6');
    for (const entry of (allow ?? '').split(',').map((part) => part.trim())) if (entry !== '') this.#allow(entry);
  }

  /** Reads a webhook's URL. Throws `invalid_value` with the reason where nothing may be sent to it. */
  read(text: string): URL {
    const why = this.#faultOf(text);
    if (why === undefined) return new URL(text);
    throw new WalletError('invalid_value', 'the webhook URL can not be used', {
      why,
      hint: 'name a public https URL; private ones are allowed by WALLET_WEBHOOK_ALLOW',
      details: { fault: why },
    });
  }

  /** Of the addresses a name has, all or none: one that is closed makes the whole name suspect. Throws `NotDelivered`. */
  check(url: URL, addresses: readonly LookupAddress[]): readonly LookupAddress[] {
    if (this.#allowedNames.has(url.hostname) || isLoopbackHost(url)) return addresses;
    if (addresses.every(({ address }) => this.#isOpen(address))) return addresses;
    throw new NotDelivered('the name leads to a private address, and was not connected to');
  }

  #allow(entry: string): void {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address);
    if (family === 0) {
      if (bits !== undefined || !/^[a-z0-9.-]+$/i.test(entry)) throw unreadable(entry);
      this.#allowedNames.add(entry.toLowerCase());
      return;
    }
    const all = family === 4 ? 32 : 128;
    const length = bits === undefined ? all : Number(bits);
    if (!Number.isInteger(length) || length < 0 || length > all) throw unreadable(entry);
    this.#allowed.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }

  #faultOf(text: string): string | undefined {
    if (text.length > MOST_CHARACTERS) return `it is longer than ${MOST_CHARACTERS} characters`;
    if (!URL.canParse(text)) return 'it is no URL';
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'it must begin with https://';
    if (url.username !== '' || url.password !== '') return 'it has a user name or password in it';
    if (url.hash !== '') return 'it has a fragment (#), which is never sent';
    if (!text.toLowerCase().startsWith(`${url.protocol}//${url.hostname}`))
      return 'its host is not written plainly: no other alphabets, and addresses as four decimal numbers';
    if (isLoopbackHost(url)) return undefined;
    if (url.protocol === 'http:') return 'plain http is for this machine alone; anywhere else it must be https';
    return this.#hostFault(url);
  }

  #hostFault({ hostname }: URL): string | undefined {
    if (this.#allowedNames.has(hostname)) return undefined;
    const address = hostname.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0) return this.#isOpen(address) ? undefined : 'its address is private, or not reachable';
    if (hostname.endsWith('.')) return 'its host ends in a dot';
    if (!hostname.includes('.') || INTERNAL.test(hostname)) return 'its host is a name of a private network';
    return undefined;
  }

  #isOpen(address: string): boolean {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (this.#allowed.check(address, family)) return true;
    if (family === 'ipv6' && !this.#public6.check(address, family)) return false;
    return !this.#closed.check(address, family);
  }
}

/** A URL that says itself that it stays on this machine. A name that only leads here does not count. */
function isLoopbackHost({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function unreadable(entry: string): WalletError {
  return new WalletError('invalid_config', 'WALLET_WEBHOOK_ALLOW can not be used', {
    why: `${JSON.stringify(entry)} is no host name, address or range`,
    hint: 'write names, addresses and ranges parted by commas: hooks.example.org,10.1.0.0/16',
  });
}
