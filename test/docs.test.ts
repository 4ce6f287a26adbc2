import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CONSOLE_PAGES, playPage } from '../scripts/console-page';
import { drawPictures } from '../scripts/pictures';
import { renderReference } from '../scripts/reference-page';
import { renderToldErrors } from '../scripts/told-errors';
import { EXIT_STATUS, STATUS_MEANINGS } from '../src/cli/exit-status';
import { NOUNS } from '../src/cli/nouns';
import { route } from '../src/cli/route';
import { splitWords } from './helpers/cli';

type Packages = Partial<Record<'dependencies' | 'optionalDependencies' | 'devDependencies', object>>;

const read = (page: string) => readFileSync(page, 'utf8');
const markdownIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
const ALL_PAGES = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...markdownIn('docs'),
  ...markdownIn('src'),
];

/** Made by the program, and held to it. */
const MADE_PAGES = ['docs/reference.md', 'docs/told-errors.md'];

test.each(CONSOLE_PAGES)('every command of %s answers what is shown (else: npm run docs)', (page) => {
  const played = playPage(read(page));

  const told = played.map(({ command, printed }) => `$ ${command}\n${printed}`);
  expect(told).toEqual(played.map(({ command, shown }) => `$ ${command}\n${shown}`));
  expect(played.length).toBeGreaterThan(3);
});

test('every command that a page only names is one that there is, with options that it has', async () => {
  const named = ALL_PAGES.filter((page) => !MADE_PAGES.includes(page)).flatMap((page) =>
    commandsNamedIn(read(page)).map((line) => ({ page, line })),
  );

  const wrong: string[] = [];
  for (const { page, line } of named) {
    // A mention may leave out what a call needs.
    const fault = await route(splitWords(line)).then(
      () => '',
      (error: Error) => (/not specified|missing/.test(error.message) ? '' : error.message),
    );
    if (fault !== '') wrong.push(`${page}: wallet ${line}: ${fault}`);
  }
  expect(wrong).toEqual([]);
  expect(named.length).toBeGreaterThan(200);
});

/** The words after `wallet` in blocks that are not played and in text: up to what the shell would take. */
function commandsNamedIn(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```(?!console)\w*\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const text = markdown.replaceAll(/^```.*?^```$/gms, '');
  const lines = blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  const starts = [...lines, ...[...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\n', ' '))];
  return starts.flatMap((line) => {
    const plain = line.trim().replaceAll(/\$\(.*?\)/g, 'X');
    const words = /^(?:\$ )?(?:[A-Z_]+=\S+ )*wallet(?: (.*))?$/.exec(plain)?.[1];
    const own = words?.split(/ +(?:#|\||&&|>|<|;|2>|…) ?|…$/)[0]?.replaceAll(/[[\]']/g, '');
    return own === undefined || /^(?:\W|$)/.test(own) ? [] : [own];
  });
}

test('the reference is what the commands declare (else: npm run docs)', async () => {
  expect(read('docs/reference.md')).toBe(await renderReference());
});

test('every picture shows what the program answers (else: npm run docs)', () => {
  const drawn = drawPictures();
  for (const [file, picture] of drawn) expect(read(file)).toBe(picture);
  expect(readdirSync('docs/images').length).toBe(drawn.size);
});

test('every error that is told is told so by a session test (else: npm run docs)', () => {
  const parts = (text: string) => text.replaceAll('```text\n', '').replaceAll('\n```', '').split('\n\n');
  const told = new Set(parts(renderToldErrors()));

  expect(parts(read('docs/told-errors.md')).filter((part) => !told.has(part))).toEqual([]);
});

test('the handbook leads to every page of it', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
  const index = read('docs/README.md');
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

test('every error code is explained, with its own exit status', () => {
  const explained = [...read('docs/errors.md').matchAll(/^\| `([a-z_]+)` \| (\d+) \| ([^|]{10,}) \| ([^|]{5,}) \|$/gm)];

  const statuses = Object.fromEntries(explained.map(([, code = '', status]) => [code, Number(status)]));
  expect(statuses).toEqual(EXIT_STATUS);
  expect(explained.length).toBe(Object.keys(EXIT_STATUS).length);
});

test('every exit status is in the table of statuses', () => {
  const listed = [...read('docs/errors.md').matchAll(/^\| (\d+) \| [^`|]+ \|$/gm)].map(([, status]) => Number(status));
  expect(listed).toEqual(STATUS_MEANINGS.map(([status]) => status));
});

test('every dependency has its reason', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(read('package.json')) as Packages;
  const page = read('docs/dependencies.md');

  const unexplained = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }).filter(
    (name) => !new RegExp(`^\\| [^|]*\`${name}\``, 'm').test(page),
  );
  expect(unexplained).toEqual([]);
});

test('every noun is in the changelog', () => {
  const log = read('CHANGELOG.md');
  expect(NOUNS.map(({ name }) => name).filter((name) => !log.includes(`\`${name}`))).toEqual([]);
});

test.each(ALL_PAGES)('every link of %s leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
  expect(links.filter((target) => !existsSync(path.join(path.dirname(page), target)))).toEqual([]);
});

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('every file named in %s exists', (page) => {
  const named = [...read(page).matchAll(/`((?:src|test|scripts|bench|docs|bin|examples)\/[\w./-]+\.\w+)`/g)];
  const missing = named.map(([, file = '']) => file).filter((file) => !existsSync(file));
  expect(missing).toEqual([]);
  expect(named.length).toBeGreaterThan(0);
});

test('every function and type that the architecture names is in the source', () => {
  const named = [
    ...read('ARCHITECTURE.md').matchAll(/`((?:[A-Z]\w*\.)?[A-Za-z]*[a-z][A-Z]\w*|[a-z]+)` \(`(src\/[\w/.-]+)`\)/g),
  ];
  const missing = named.filter(([, name = '', file = '']) => !read(file).includes(name.replace(/^.*\./, '')));
  expect(missing.map(([text]) => text)).toEqual([]);
  expect(named.length).toBeGreaterThan(8);

  const source = sourceText();
  const words = [...read('ARCHITECTURE.md').matchAll(/`(?:[A-Z]\w*\.)?([A-Za-z]+[a-z][A-Z]\w*)`/g)];
  expect(words.map(([, word = '']) => word).filter((word) => !source.includes(word))).toEqual([]);
});

function sourceText(): string {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.map((name) => read(path.join('src', name))).join('\n');
}
