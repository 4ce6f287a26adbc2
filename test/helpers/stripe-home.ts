import { createSandbox, type RunOptions, type Sandbox } from './cli';
import { StripeFake } from './stripe-fake';

/** A home folder with the built program in it, and a Stripe of our own that it talks to. */
export interface StripeHome {
  readonly fake: StripeFake;
  readonly home: Sandbox;
  /** An initialised ledger with a card on file; more cards by their test tokens. */
  open(...tokens: string[]): Promise<void>;
  /** The proof of everything: the books are whole, and the credits are what the cards paid. */
  prove(options?: RunOptions): Promise<{ posted: string; takenCents: number }>;
  remove(): Promise<void>;
}

export async function createStripeHome(env: Readonly<Record<string, string>> = {}): Promise<StripeHome> {
  const fake = await StripeFake.start();
  const home = createSandbox({ STRIPE_API_KEY: 'sk_test_fake', WALLET_STRIPE_API_BASE: fake.url, ...env });
  return {
    fake,
    home,
    async open(...tokens) {
      await home.ok('init --org acme --provider stripe');
      for (const [index, token] of tokens.entries())
        await home.ok(`card add --payment-method ${token}${index === 1 ? ' --role backup' : ''}`);
    },
    async prove(options) {
      await home.ok('verify --full', options);
      const { balance } = (await home.ok('balance --json', options)).json() as { balance: { posted: string } };
      return { posted: balance.posted, takenCents: fake.takenCents() };
    },
    async remove() {
      await fake.stop();
      home.remove();
    },
  };
}
