import { hostname } from 'node:os';
import { createTransport } from 'nodemailer';
import { formatInstant } from '../../core/time';
import { type Mail, type Message, NotDelivered } from '../../ports/notifier';
import { DELIVERY_LIMIT_MS } from './webhook';

interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string | undefined;
  readonly from: string | undefined;
}

/** A notice as a letter. */
export function letterOf(to: string, message: Message): Mail {
  const mark = message.sandbox ? '[sandbox] ' : '';
  return {
    id: message.id,
    to,
    subject: `${mark}${message.organisation}: ${message.title}`,
    paragraphs: [
      `${message.title}.`,
      ...message.lines,
      `${message.organisation}, ${formatInstant(message.at)}. This message: ${message.id}, about ${message.kind}.`,
    ],
  };
}

/** Sends one letter over SMTP, as plain text and as HTML. Throws `NotDelivered`. */
export async function sendMail(mail: Mail, settings: MailSettings): Promise<void> {
  const transport = createTransport({
    ...serverOf(settings),
    connectionTimeout: DELIVERY_LIMIT_MS,
    greetingTimeout: DELIVERY_LIMIT_MS,
    socketTimeout: DELIVERY_LIMIT_MS,
    dnsTimeout: DELIVERY_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sending = transport.sendMail({
    from: { name: 'wallet', address: senderOf(settings) },
    to: { name: '', address: mail.to },
    subject: mail.subject.replace(/\s+/g, ' '),
    messageId: `<${mail.id}@wallet>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: textOf(mail),
    html: htmlOf(mail),
    attachments: (mail.attachments ?? []).map(({ content, ...file }) => ({ ...file, content: Buffer.from(content) })),
  });
  try {
    await inTime(sending);
  } catch (error) {
    throw error instanceof NotDelivered ? error : refused(error as SmtpError);
  } finally {
    transport.close();
  }
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

function serverOf({ url }: MailSettings) {
  if (url === undefined || url === '') throw new NotDelivered('WALLET_SMTP_URL is not set', true);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== 'smtp:' && parsed.protocol !== 'smtps:') || parsed.hostname === '')
    throw new NotDelivered('WALLET_SMTP_URL is no smtp:// or smtps:// URL', true);
  const secure = parsed.protocol === 'smtps:';
  const user = decodeURIComponent(parsed.username);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (secure ? 465 : 587) : Number(parsed.port),
    secure,
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(parsed.password) }, requireTLS: !isHere(parsed) }),
  };
}

/** A password goes in the clear to a server on this machine alone. */
function isHere({ hostname: host }: URL): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}

/** Who the letter is from: as set, or the user of the mail server, or this machine. */
function senderOf({ url, from }: MailSettings): string {
  if (from !== undefined && from !== '') return from;
  const user = decodeURIComponent(new URL(url ?? '').username);
  return user.includes('@') ? user : `wallet@${hostname()}`;
}

/** The limit is for the whole letter: a server that answers one byte a second holds nobody up. */
async function inTime(sending: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new NotDelivered('no answer within 10 seconds')), DELIVERY_LIMIT_MS);
  });
  sending.catch(() => undefined); // when the limit came first
  try {
    await Promise.race([sending, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function refused({ code, responseCode }: SmtpError): NotDelivered {
  if (responseCode !== undefined) return new NotDelivered(`the mail server refused it (${responseCode})`);
  return new NotDelivered(`the mail server could not be used (${code ?? 'connection failed'})`);
}

function textOf({ paragraphs, preformatted }: Mail): string {
  return `${[...paragraphs, ...(preformatted === undefined ? [] : [preformatted])].join('\n\n')}\n`;
}

function htmlOf({ paragraphs, preformatted }: Mail): string {
  const [first = '', ...rest] = paragraphs.map(escaped);
  const body = [
    `<p style="font-size:17px;font-weight:600;margin:0 0 12px">${first}</p>`,
    ...rest.map((paragraph) => `<p style="margin:0 0 12px">${paragraph}</p>`),
    ...(preformatted === undefined ? [] : [`<pre style="font-size:13px">${escaped(preformatted)}</pre>`]),
  ];
  return `<!doctype html><html lang="en"><body style="font:15px/1.5 sans-serif;color:#1a1a1a;max-width:600px">${body.join('')}</body></html>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br>');
}
