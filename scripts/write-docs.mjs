// `npm run docs`: writes docs/reference.md, and puts what the program answers now under the commands that the pages
// show. What it does is TypeScript, which Node 20 cannot run as it is.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

process.chdir(join(import.meta.dirname, '..'));
const bundled = { bundle: true, platform: 'node', format: 'esm', packages: 'external' };
const entryPoints = ['reference-page', 'console-page', 'pictures', 'told-errors'].map((name) => `scripts/${name}.ts`);
await build({ ...bundled, entryPoints, outdir: 'build/docs', outExtension: { '.js': '.mjs' } });
const built = (name) => import(pathToFileURL(`build/docs/${name}.mjs`).href);

const { renderReference } = await built('reference-page');
writeFileSync('docs/reference.md', await renderReference());

const { CONSOLE_PAGES, refreshPage } = await built('console-page');
for (const page of CONSOLE_PAGES) writeFileSync(page, refreshPage(readFileSync(page, 'utf8')));

const { drawPictures } = await built('pictures');
for (const [file, picture] of drawPictures()) writeFileSync(file, picture);

const { renderToldErrors } = await built('told-errors');
writeFileSync('docs/told-errors.md', renderToldErrors());
