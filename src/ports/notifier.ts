import type { Instant } from '../core/time';

/** One notice on its way to one place. The id is the same at every attempt: what receives it can tell a repetition. */
export interface Message {
  readonly id: string;
  /** When it happened. */
  readonly at: Instant;
  readonly organisation: string;
  readonly sandbox: boolean;
  readonly kind: string;
  readonly alert: string | null;
  readonly recovered: boolean;
  /** Decimal strings of credits. */
  readonly value: string | null;
  readonly threshold: string | null;
  readonly title: string;
  readonly lines: readonly string[];
}

/** A letter of its own words, such as a receipt. */
export interface Mail {
  /** The same letter, sent again, has the same id. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Paragraphs of plain text; the HTML part is made of them. */
  readonly paragraphs: readonly string[];
  /** Text that keeps its columns, under the paragraphs. */
  readonly preformatted?: string;
  readonly attachments?: readonly MailAttachment[];
}

interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** Why something was not delivered, in words that may be shown and stored: no secret, nothing the other side made up. */
export class NotDelivered extends Error {
  /** True where the settings are at fault, so that no attempt was made at all. */
  readonly isUnset: boolean;

  constructor(why: string, isUnset = false) {
    super(why);
    this.name = 'NotDelivered';
    this.isUnset = isUnset;
  }
}

/** What carries notices and letters out of the house. Nothing takes longer than ten seconds. */
export interface Notifier {
  /** Throws `invalid_value` for a URL that may never be delivered to; names are resolved when something is sent. */
  admit(url: string): void;
  /** Delivers to an e-mail address or a URL. Throws `NotDelivered`; then it may have arrived all the same. */
  deliver(destination: string, message: Message): Promise<void>;
  /** Sends one letter. Throws `NotDelivered`; then it may have arrived all the same. */
  mail(mail: Mail): Promise<void>;
}
