import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of a test's own on the run's server. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Runs a statement past the wallet, as the server's administrator may. */
  sql(statement: string): Promise<pg.QueryResult>;
  drop(): Promise<void>;
}

export async function createDatabase(): Promise<TestDatabase> {
  const base = await serverUrl();
  const name = `t${randomBytes(6).toString('hex')}`;
  await ask(`${base}postgres`, `CREATE DATABASE ${name}`);
  const url = `${base}${name}`;
  return {
    name,
    url,
    sql: (statement) => ask(url, statement),
    drop: async () => {
      await ask(`${base}postgres`, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function serverUrl(): Promise<string> {
  const response = await fetch(inject('postgresDoor'));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** Runs one statement on a connection of its own. */
async function ask(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
