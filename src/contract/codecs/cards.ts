import * as z from 'zod';
import type { Address, Card, CardOperations, CardSetup } from '../cards';
import { type Codecs, named } from './codec';
import {
  change,
  changed,
  count,
  flag,
  optionalText,
  page,
  text,
  time,
  timeOrNull,
  truth,
  word,
  wordOrNull,
} from './fields';

export const address = named<Address>('Address', {
  line1: wordOrNull,
  city: wordOrNull,
  state: wordOrNull,
  postalCode: wordOrNull,
  country: wordOrNull,
});

export const card = named<Card>('Card', {
  id: word,
  brand: word,
  last4: word,
  expMonth: count,
  expYear: count,
  name: wordOrNull,
  email: wordOrNull,
  address,
  role: z.enum(['primary', 'backup', 'none']),
  status: z.enum(['verified', 'expired', 'requires_action']),
  verifiedAt: timeOrNull,
  expiring: truth,
});

const setup = named<CardSetup>('CardSetup', {
  id: word,
  status: z.enum(['open', 'complete', 'expired']),
  url: word,
  expiresAt: time,
  card: wordOrNull,
});

const role = z.enum(['primary', 'backup']);
const part = text.nullable().exactOptional();
const addressSent = z.strictObject({ line1: part, city: part, state: part, postalCode: part, country: part });
const billing = { name: optionalText, email: optionalText, address: addressSent.exactOptional() };

export const cards: Codecs<CardOperations> = {
  add: {
    request: { paymentMethod: text, role: role.exactOptional(), ...billing, ...change },
    answer: { card, notice: word.exactOptional(), ...changed },
  },
  list: { request: {}, answer: { cards: z.array(card), ...page } },
  show: { request: { id: text }, answer: { card } },
  edit: { request: { id: text, expiry: optionalText, ...billing, ...change }, answer: { card, ...changed } },
  assign: {
    request: { id: text, role, ...change },
    answer: { card, notice: word.exactOptional(), ...changed },
  },
  remove: {
    request: { id: text, replaceWith: optionalText, force: flag, ...change },
    answer: { card, notice: word.exactOptional(), ...changed },
  },
  setup: { request: { role: role.exactOptional(), ...change }, answer: { setup, ...changed } },
  sync: { request: {}, answer: { cards: z.array(card), setups: z.array(setup), notices: z.array(word), ...changed } },
};
