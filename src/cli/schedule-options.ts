import type { OptionSpec } from './spec';

/** What `cron install` and `recharge schedule` both take. */
export const SCHEDULE_OPTIONS: readonly OptionSpec[] = [
  { flag: '--every <time>', help: 'how often; 5m if not said' },
  { flag: '--systemd', help: 'a systemd service and timer of this user, not a crontab line' },
  {
    flag: '--print',
    help: 'print it and change nothing, which is what it does if not said',
    conflicts: ['install', 'remove'],
  },
  { flag: '--install', help: 'install it', conflicts: ['remove'] },
  { flag: '--remove', help: 'take it out again' },
];
