import type { AppRecord } from '../../src/ports/record-types';
import { NOON } from './store-ledger';

export const app = (name: string): AppRecord => ({
  id: `app_${name}`,
  app: name,
  name,
  archivedAt: null,
  limitMonthly: null,
  onLimit: 'block',
  createdAt: NOON,
  version: 1,
});
