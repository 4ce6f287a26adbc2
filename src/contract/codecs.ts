import { access } from './codecs/access';
import { alerts } from './codecs/alerts';
import { audit } from './codecs/audit';
import { billing } from './codecs/billing';
import { cards } from './codecs/cards';
import { catalogue } from './codecs/catalogue';
import type { Codecs } from './codecs/codec';
import { credit } from './codecs/credit';
import { cron } from './codecs/cron';
import { holds } from './codecs/holds';
import { invoices } from './codecs/invoices';
import { leads } from './codecs/leads';
import { organisation } from './codecs/organisation';
import { periods } from './codecs/periods';
import { plans } from './codecs/plans';
import { purchases } from './codecs/purchases';
import { recharge } from './codecs/recharge';
import { reports } from './codecs/reports';
import { transactions } from './codecs/transactions';
import { usage } from './codecs/usage';
import type { Nouns } from './routes';

/** How every operation travels: a noun, a verb or a field without its codec does not compile. */
export const CODECS: { readonly [N in keyof Nouns]: Codecs<Nouns[N]> } = {
  organisation,
  credit,
  purchases,
  recharge,
  alerts,
  cron,
  cards,
  billing,
  catalogue,
  usage,
  holds,
  transactions,
  reports,
  invoices,
  plans,
  periods,
  leads,
  access,
  audit,
};
