import type { WalletHost } from '../contract/host';
import { WalletError } from '../core/errors';
import type { Exchange } from './exchange';
import { RequestFault } from './faults';

const LARGEST_EVENT = 1_048_576;

/** Where Stripe delivers its events. The signature stands for a token, so the bytes are taken as they came. */
export function eventRoute(host: WalletHost) {
  return {
    path: '/webhooks/stripe',
    async answer(exchange: Exchange): Promise<{ received: true }> {
      const body = await exchange.body(LARGEST_EVENT);
      const outcome = await host.takeEvent({ body, signature: exchange.header('stripe-signature') });
      if (outcome === 'no_secret') throw new RequestFault(503, noSecret());
      if (outcome === 'not_genuine') throw new RequestFault(400, notGenuine());
      return { received: true };
    },
  };
}

function noSecret(): WalletError {
  return new WalletError('invalid_config', 'this server takes no events of Stripe', {
    why: 'STRIPE_WEBHOOK_SECRET is not set, so nobody could tell who sent them',
    hint: 'set it to the signing secret of the endpoint in the Stripe Dashboard, and start the server again',
  });
}

function notGenuine(): WalletError {
  return new WalletError('unauthorized', 'the event was not signed by Stripe for this server', {
    why: 'Stripe-Signature is missing, wrong, or older than 300 s; nothing was done',
    hint: 'compare STRIPE_WEBHOOK_SECRET with the signing secret of the endpoint, and the clock of this machine',
  });
}
