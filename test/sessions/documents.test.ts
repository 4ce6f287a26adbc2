import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

const OCTOBER = { env: { WALLET_NOW: '2026-10-20T12:00:00Z' } };
const NOVEMBER = { env: { WALLET_NOW: '2026-11-01T12:00:00Z' } };
let box: Sandbox;

beforeAll(async () => {
  box = createSandbox();
  await box.ok('init --org Acme', OCTOBER);
  await box.ok('card add --payment-method pm_card_visa', OCTOBER);
  await box.ok('buy 100 --yes', OCTOBER);
  await box.ok('app add crm', OCTOBER);
  await box.ok('usage record --app crm --service audio-transcription --quantity 37', OCTOBER);
});
afterAll(() => box.remove());

/** What the pages show: pdfkit writes text as hexadecimal strings in compressed streams. */
function textOf(file: string): string {
  const bytes = readFileSync(path.join(box.home, file)).toString('latin1');
  const streams = [...bytes.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body = '']) => body);
  const content = streams.map((body) => inflate(Buffer.from(body, 'latin1'))).join('\n');
  return [...content.matchAll(/\[(.*?)\] TJ/g)].map(([, run = '']) => decode(run)).join('\n');
}

function inflate(bytes: Buffer): string {
  try {
    return inflateSync(bytes).toString('latin1');
  } catch {
    return ''; // a stream that is not text
  }
}

function decode(run: string): string {
  return [...run.matchAll(/<([0-9a-f]+)>/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join('');
}

describe('documents', () => {
  it('show an invoice with number, lines, rounding, total and page', async () => {
    await box.ok('invoice run --yes', NOVEMBER);
    await box.ok('invoice show INV-000001 -o invoice.pdf', NOVEMBER);

    const text = textOf('invoice.pdf');

    for (const part of ['Invoice INV-000001', 'Acme', 'audio-transcription', '0.888', '0.002', '0.89', 'page 1 of 1'])
      expect(text).toContain(part);
    expect(text).toContain('SANDBOX: no real money');
  });

  it('show a statement, the same bytes every time', async () => {
    await box.ok('report statement --period 2026-10 -o a.pdf', NOVEMBER);
    await box.ok('report statement --period 2026-10 --format pdf -o b.pdf', NOVEMBER);

    expect(textOf('a.pdf')).toContain('Purchased\n100.00');
    expect(readFileSync(path.join(box.home, 'a.pdf'))).toEqual(readFileSync(path.join(box.home, 'b.pdf')));
  });

  it('show the statements of all organisations, and never replace a file unasked', async () => {
    const { stderr } = await box.ok('report statement --period 2026-10 --all-orgs -o c.pdf', NOVEMBER);
    expect(stderr).toContain('range: 2026-10-01 … 2026-10-31');
    expect(textOf('c.pdf')).toMatch(/Organisation\nOpening\nPurchased\n/);
    expect((await box.wallet('report statement --period 2026-10 -o a.pdf', NOVEMBER)).status).toBe(8);
  });

  it('show a receipt with the name and address of the card, and what went back since', async () => {
    const card = (
      await box.ok('card add --payment-method pm_card_mastercard --name Ada --city Bonn --country DE -q', NOVEMBER)
    ).stdout.trim();
    const id = (await box.ok(`buy 20 --card ${card} --memo autumn --yes -q`, NOVEMBER)).stdout.trim();
    await box.ok(`purchase refund ${id} --amount 5 --yes`, NOVEMBER);

    await box.ok(`receipt ${id} -o receipt.pdf`, NOVEMBER);
    const shown = await box.ok(`receipt ${id}`, NOVEMBER);
    const { receipt } = (await box.ok(`receipt ${id} --json`, NOVEMBER)).json() as { receipt: Record<string, unknown> };

    const text = textOf('receipt.pdf');
    for (const part of [
      'Ada',
      'Bonn, DE',
      'mastercard ending 4444',
      'SANDBOX: no real money',
      '-5.00',
      '15.00',
      'autumn',
    ])
      expect([text.includes(part), shown.stdout.includes(part), part]).toEqual([true, true, part]);
    expect(text).toContain(`Receipt ${String(receipt.number)}`);
    expect(receipt).toMatchObject({ total: '20.00', refunded: '5.00', kept: '15.00', status: 'partially_refunded' });
  });

  it('are refused for a purchase that was not paid', async () => {
    const card = (await box.ok('card add --payment-method pm_card_chargeCustomerFail -q', NOVEMBER)).stdout.trim();
    const declined = await box.wallet(`buy 20 --card ${card} --yes --json`, NOVEMBER);
    const { purchase } = declined.error().details as { purchase: string };

    const refused = await box.wallet(`receipt ${purchase}`, NOVEMBER);

    expect([declined.status, refused.status]).toEqual([6, 8]);
    expect(refused.stderr).toContain('it is failed: nothing was paid');
  });

  it('are sent by e-mail with the PDF attached, and refused where no mail server is set', async () => {
    const id = (await box.ok('buy 30 --yes -q', NOVEMBER)).stdout.trim();
    const { url, letters, close } = await mailServer();
    const settings = { env: { ...NOVEMBER.env, WALLET_SMTP_URL: url, WALLET_SMTP_FROM: 'wallet@acme.example' } };

    const refused = await box.wallet(`receipt ${id} --to books@acme.example`, NOVEMBER);
    const sent = await box.ok(`receipt ${id} --to books@acme.example`, settings);
    await close();
    const away = await box.wallet(`receipt ${id} --to books@acme.example`, settings);

    expect([refused.status, away.status]).toEqual([2, 9]);
    expect(refused.stderr).toContain('WALLET_SMTP_URL');
    expect(sent.stdout).toMatch(/^receipt RCT-\d{6} sent to books@acme\.example\n$/);
    expect(letters.length).toBe(1);
    expect(letters[0]).toMatch(/To: books@acme\.example/);
    expect(letters[0]).toMatch(/SANDBOX: no real money/);
    expect(letters[0]).toMatch(/application\/pdf; name=RCT-\d{6}\.pdf/);
  });
});

/** A mail server on loopback that keeps what it is given. */
async function mailServer() {
  const letters: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let letter = '';
      stream.on('data', (part: Buffer) => {
        letter += part.toString('latin1');
      });
      stream.on('end', () => {
        letters.push(letter);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${port}`, letters, close };
}
