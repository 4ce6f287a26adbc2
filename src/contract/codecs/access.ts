import * as z from 'zod';
import { ROLES } from '../../core/access';
import type { AccessOperations, Token, User } from '../access';
import { type Codecs, named } from './codec';
import { change, changed, optionalText, page, text, time, timeOrNull, word, wordOrNull } from './fields';

const role = z.enum(ROLES);

const token = named<Token>('Token', {
  id: word,
  name: word,
  role,
  app: wordOrNull,
  status: z.enum(['active', 'expired', 'revoked']),
  createdAt: time,
  expiresAt: timeOrNull,
  lastUsedAt: timeOrNull,
});

const user = named<User>('User', { user: word, email: word, role, app: wordOrNull, createdAt: time });

export const access: Codecs<AccessOperations> = {
  createToken: {
    request: { role: text, app: optionalText, expires: optionalText, name: optionalText, ...change },
    answer: { token, secret: wordOrNull, ...changed },
  },
  listTokens: { request: {}, answer: { tokens: z.array(token), ...page } },
  revokeToken: { request: { id: text, ...change }, answer: { token, ...changed } },
  addUser: {
    request: { user: text, email: text, role: text, app: optionalText, ...change },
    answer: { user, ...changed },
  },
  listUsers: { request: {}, answer: { users: z.array(user), ...page } },
  setRole: { request: { user: text, role: text, app: optionalText, ...change }, answer: { user, ...changed } },
  removeUser: { request: { user: text, ...change }, answer: { user, ...changed } },
};
