import { afterAll, beforeAll } from 'vitest';
import { createStripe } from '../../src/adapters/payments/stripe';
import { StripeFake } from '../helpers/stripe-fake';
import { describeGateway } from '../suites/payment-gateway-suite';

let fake: StripeFake;
beforeAll(async () => {
  fake = await StripeFake.start();
});
afterAll(() => fake.stop());

describeGateway('Stripe', async () => ({
  gateway: createStripe({ key: 'sk_test_fake', mode: 'test', base: new URL(fake.url) }, 'instance'),
  close: async () => undefined,
}));
