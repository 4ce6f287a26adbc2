import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { fromCents } from '../../src/core/credits';
import type { Payment } from '../../src/core/payment/purchase';
import type { CardDetails, PaymentAnswer, PaymentGateway, PaymentRequest } from '../../src/ports/payment-gateway';

export const NO_DETAILS: CardDetails = {
  name: null,
  email: null,
  address: { line1: null, city: null, state: null, postalCode: null, country: null },
};

/** One organisation at the processor, with ways to bring it to where a test starts. */
export class Shop {
  readonly gateway: PaymentGateway;
  readonly customer: string;
  readonly org: string;

  private constructor(gateway: PaymentGateway, customer: string, org: string) {
    this.gateway = gateway;
    this.customer = customer;
    this.org = org;
  }

  static async open(gateway: PaymentGateway): Promise<Shop> {
    const org = `org_${randomUUID()}`;
    return new Shop(
      gateway,
      await gateway.createCustomer({ id: org, name: 'Acme', email: null }, `${org}:customer`),
      org,
    );
  }

  async card(token = 'pm_card_visa'): Promise<string> {
    return (await this.gateway.attachCard(this.customer, token, NO_DETAILS, randomUUID())).paymentMethod;
  }

  request(cents = 10_000): PaymentRequest {
    const purchase = `pur_${randomUUID()}`;
    return { purchase, org: this.org, customer: this.customer, credits: fromCents(cents), description: 'credits' };
  }

  async payment(cents = 10_000): Promise<Payment> {
    const request = this.request(cents);
    return paymentOf(await this.gateway.createPayment(request, `${request.purchase}:create`));
  }

  async retrieve(payment: Payment): Promise<Payment> {
    return paymentOf(await this.gateway.retrievePayment(payment.id));
  }

  confirm(payment: Payment, card: string, key: string = randomUUID()): Promise<PaymentAnswer> {
    return this.gateway.confirmPayment({ payment: payment.id, paymentMethod: card, attended: true }, key);
  }

  cancel(payment: Payment, key: string = randomUUID()): Promise<PaymentAnswer> {
    return this.gateway.cancelPayment(payment.id, key);
  }
}

/** The payment of an answer that has to have one. */
export function paymentOf(answer: PaymentAnswer): Payment {
  if (answer.kind !== 'payment') throw new Error(`expected a payment, got ${JSON.stringify(answer)}`);
  return answer.payment;
}

/** Matches a definite no, for this reason. */
export const refused = (code: string): unknown => expect.objectContaining({ kind: 'refused', code });
