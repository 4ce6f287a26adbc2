import type { Notifier } from '../../ports/notifier';
import { AddressGuard } from './addresses';

interface NotifierSettings {
  readonly smtpUrl?: string | undefined;
  readonly smtpFrom?: string | undefined;
  readonly webhookSecret?: string | undefined;
  /** Private hosts and ranges that webhooks may go to. */
  readonly webhookAllow?: string | undefined;
}

/** E-mail and webhooks. What each needs is loaded when the first of it is sent. */
export function createNotifier(settings: NotifierSettings): Notifier {
  const guard = new AddressGuard(settings.webhookAllow);
  const mail: Notifier['mail'] = async (letter) =>
    (await import('./email')).sendMail(letter, { url: settings.smtpUrl, from: settings.smtpFrom });
  return {
    admit: (url) => void guard.read(url),
    async deliver(destination, message) {
      if (!destination.includes('://')) return mail((await import('./email')).letterOf(destination, message));
      const { postWebhook } = await import('./webhook');
      return postWebhook(destination, message, { guard, secret: settings.webhookSecret });
    },
    mail,
  };
}
