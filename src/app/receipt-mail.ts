import type { Receipt } from '../contract/purchases';
import { WalletError } from '../core/errors';
import { parseEmail } from '../core/text';
import { type Mail, NotDelivered } from '../ports/notifier';
import type { Dependencies } from './dependencies';
import { presentOrganisation } from './present';
import { showReceipt } from './receipts';
import { openSession } from './session';

/**
 * Sends the receipt as PDF. The letter has one id for one receipt and address, so a mail server can tell a repetition.
 * Throws `invalid_config` where no mail server is set, `output_failed` where the letter was not taken.
 */
export async function sendReceipt(
  deps: Dependencies,
  request: { id: string; to: string },
): Promise<{ receipt: Receipt; sentTo: string }> {
  const to = parseEmail(request.to);
  const session = await openSession(deps, 'purchase.read');
  const { receipt } = await showReceipt(deps, request);
  const content = await deps.renderReceipt(receipt, presentOrganisation(session), session.zone);
  try {
    await (await deps.notifier()).mail(letter(receipt, to, content, deps));
  } catch (error) {
    throw error instanceof NotDelivered ? notSent(error, to) : error;
  }
  return { receipt, sentTo: to };
}

function letter(receipt: Receipt, to: string, content: Uint8Array, { system }: Dependencies): Mail {
  const mark = receipt.sandbox ? ' (SANDBOX: no real money)' : '';
  return {
    id: `rct_${system.digest([receipt.purchase, ' ', to, ' ', receipt.kept]).slice(0, 24)}`,
    to,
    subject: `${receipt.org}: receipt ${receipt.number}${mark}`,
    paragraphs: [
      `Receipt ${receipt.number} of ${receipt.org}: ${receipt.total} ${receipt.currency}, paid with ${receipt.paidWith}${mark}.`,
      ...(receipt.returns.length === 0 ? [] : [`Given back since: ${receipt.refunded}. Kept: ${receipt.kept}.`]),
      'The receipt is attached as PDF.',
    ],
    attachments: [{ filename: `${receipt.number}.pdf`, contentType: 'application/pdf', content }],
  };
}

function notSent(error: NotDelivered, to: string): WalletError {
  if (error.isUnset)
    return new WalletError('invalid_config', 'the receipt was not sent', {
      why: error.message,
      hint: 'set WALLET_SMTP_URL and WALLET_SMTP_FROM, or write a file: wallet receipt PURCHASE -o receipt.pdf',
    });
  return new WalletError('output_failed', `the receipt was not sent to ${to}`, {
    why: error.message,
    hint: 'send it again, or write a file: wallet receipt PURCHASE -o receipt.pdf',
    details: { to },
  });
}
