import { createServer as createTcp } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { AddressGuard } from '../../src/adapters/notify/addresses';
import { createNotifier } from '../../src/adapters/notify/notifier';
import { parseInstant } from '../../src/core/time';
import type { Message } from '../../src/ports/notifier';
import { createDestinations } from '../helpers/destinations';

const MESSAGE: Message = {
  id: 'msg_0001',
  at: parseInstant('2026-10-05T12:00:00Z'),
  organisation: 'Acme & <Sons>',
  sandbox: true,
  kind: 'low-balance',
  alert: 'alert_0001',
  recovered: false,
  value: '12.50',
  threshold: '50.00',
  title: 'The balance is below 50.00',
  lines: ['12.50 credits are available.', '<script>alert(1)</script>'],
};
const SECRET = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;

const places = createDestinations();
afterEach(() => places.close());

const answering = (status: number, headers: Record<string, string> = {}) =>
  places.webhook((response) => response.writeHead(status, headers).end('what it says is nobody’s business'));

describe('A webhook', () => {
  test.each([
    ['written as whsec_ and base64', SECRET],
    ['that is any other text', 'plain words'],
  ])('is signed so that Standard Webhooks verifies it, with a secret %s', async (_what, secret) => {
    const { url, received } = await answering(204);
    await createNotifier({ webhookSecret: secret }).deliver(url, MESSAGE);
    const [{ headers, body }] = received as [(typeof received)[number]];
    const verifier = secret === SECRET ? new Webhook(SECRET) : new Webhook(secret, { format: 'raw' });
    expect(verifier.verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'alert.low-balance',
      data: { id: 'msg_0001', value: '12.50', threshold: '50.00' },
      allowed_mentions: { parse: [] },
    });
    expect(headers['webhook-id']).toBe('msg_0001');
  });

  test('has the text that Slack and Discord show, with nothing in it that Slack takes for a command', async () => {
    const { url, received } = await answering(200);
    await createNotifier({ webhookSecret: SECRET }).deliver(url, MESSAGE);
    const body = JSON.parse(received[0]?.body ?? '') as { text: string; content: string };
    expect(body.content.split('\n')[0]).toBe('SANDBOX Acme & <Sons>: The balance is below 50.00');
    expect(body.text.split('\n')[0]).toBe('SANDBOX Acme &amp; &lt;Sons&gt;: The balance is below 50.00');
    expect(body.text).not.toMatch(/[<>]/);
  });

  test('that is redirected is not delivered, and the place it points to hears nothing', async () => {
    const inner = await answering(200);
    const outer = await answering(307, { location: inner.url });
    const sending = createNotifier({ webhookSecret: SECRET }).deliver(outer.url, MESSAGE);
    await expect(sending).rejects.toThrow('it answered 307 (redirects are not followed)');
    expect(inner.received).toEqual([]);
  });

  test('that is answered with an error is not delivered, and the answer is not repeated', async () => {
    const { url } = await answering(500);
    await expect(createNotifier({ webhookSecret: SECRET }).deliver(url, MESSAGE)).rejects.toThrow(/^it answered 500$/);
  });

  test('is not sent unsigned', async () => {
    const { url, received } = await answering(200);
    await expect(createNotifier({}).deliver(url, MESSAGE)).rejects.toMatchObject({ isUnset: true });
    expect(received).toEqual([]);
  });

  test('to a closed port says so without an address in it', async () => {
    const sending = createNotifier({ webhookSecret: SECRET }).deliver('http://127.0.0.1:1/', MESSAGE);
    await expect(sending).rejects.toThrow('it could not be reached (ECONNREFUSED)');
  });
});

describe('A webhook URL is refused', () => {
  const guard = new AddressGuard('hooks.corp.internal, 10.1.0.0/16');

  test.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'https://user:password@example.com/',
    'https://example.com/#part',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.100.100.200/',
    'https://0.0.0.0/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[2002:7f00:1::]/',
    'https://[::]/',
    'https://localhost./',
    'https://example.com./',
    'https://metadata.google.internal/',
    'https://intranet/',
    'https://exämple.com/',
    'https:example.com',
    'example.com',
  ])('%s', (url) => {
    expect(() => guard.read(url)).toThrow('the webhook URL can not be used');
  });

  test.each([
    'https://hooks.example.com/services/T0/B0/x?y=1',
    'https://93.184.216.34:8443/',
    'https://[2606:2800:220:1::1]/',
    'http://localhost:3000/',
    'http://127.0.0.1:3000/',
    'http://[::1]:3000/',
    'https://hooks.corp.internal/',
    'https://10.1.2.3/',
  ])('but not %s', (url) => {
    expect(guard.read(url).href).toContain('http');
  });

  test('when its name leads to a private address, whatever else it leads to', () => {
    const url = new URL('https://rebound.example.com/');
    const open = { address: '93.184.216.34', family: 4 };
    expect(guard.check(url, [open])).toEqual([open]);
    for (const address of ['127.0.0.1', '10.0.0.1', '::1', '::ffff:10.0.0.1', '169.254.169.254'])
      expect(() => guard.check(url, [open, { address, family: address.includes(':') ? 6 : 4 }])).toThrow(
        'leads to a private address',
      );
  });

  test('and so are settings that allow what is no host', () => {
    for (const allow of ['10.0.0.0/33', 'a b', '10.0.0.0/x', 'example.com/8'])
      expect(() => new AddressGuard(allow)).toThrow('WALLET_WEBHOOK_ALLOW can not be used');
  });
});

describe('A letter', () => {
  test('has a plain and an HTML part, a stable id, and no markup of anybody else', async () => {
    const { url, letters } = await places.mailServer();
    await createNotifier({ smtpUrl: url, smtpFrom: 'wallet@example.com' }).deliver('ada@example.com', MESSAGE);
    const [letter] = letters as [string];
    expect(letter).toContain('Message-ID: <msg_0001@wallet>');
    expect(letter).toContain('To: ada@example.com');
    expect(letter).toMatch(/Content-Type: text\/plain; charset=utf-8/);
    expect(letter).toMatch(/Content-Type: text\/html; charset=utf-8/);
    const html = letter.slice(letter.indexOf('text/html'));
    expect(html).not.toContain('<script>');
  });

  test('carries a receipt as text and as a file', async () => {
    const { url, letters } = await places.mailServer();
    const receipt = { filename: 'receipt.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7') };
    await createNotifier({ smtpUrl: url }).mail({
      id: 'receipt_1',
      to: 'ada@example.com',
      subject: 'Receipt\r\nBcc: eve@example.com',
      paragraphs: ['Thank you.'],
      preformatted: 'Credits  100.00',
      attachments: [receipt],
    });
    const [letter] = letters as [string];
    expect(letter).toContain('Subject: Receipt Bcc: eve@example.com');
    expect(letter).not.toMatch(/^Bcc:/m);
    expect(letter).toContain('filename=receipt.pdf');
    expect(letter).toContain(Buffer.from('%PDF-1.7').toString('base64'));
  });

  test('that the server refuses is not delivered, and what the server said is not repeated', async () => {
    const { url } = await places.mailServer((done) =>
      done(Object.assign(new Error('secret words'), { responseCode: 550 })),
    );
    const sending = createNotifier({ smtpUrl: url }).deliver('ada@example.com', MESSAGE);
    await expect(sending).rejects.toThrow(/^the mail server refused it \(550\)$/);
  });

  test('to a server that hangs up is not delivered', async () => {
    const port = await places.listen(createTcp((socket) => socket.destroy()));
    const sending = createNotifier({ smtpUrl: `smtp://127.0.0.1:${port}` }).deliver('ada@example.com', MESSAGE);
    await expect(sending).rejects.toThrow(/the mail server could not be used/);
  });

  test('without a mail server is no attempt at all', async () => {
    for (const smtpUrl of [undefined, '', 'http://mail.example.com', 'nonsense'])
      await expect(createNotifier({ smtpUrl }).deliver('a@example.com', MESSAGE)).rejects.toMatchObject({
        isUnset: true,
      });
  });
});
