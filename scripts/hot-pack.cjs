'use strict';
// Part of the build: makes one script of the program's files that a command loads.
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

/** The chunks as ES modules, which the bundler leaves here for us: those in `dist/` are CommonJS already. */
const MODULES = path.join(__dirname, '../build/modules');

/**
 * The source of a function that runs the `entry` and answers what it exports. All names stand in one scope, so nothing is
 * made for the sake of another module or looked up in one: that takes a quarter of a short command, and a twentieth of what
 * a server does. `exported` has the names that each file exports. What the script lacks is loaded from its file, which finds
 * in Node's own register what the script has.
 */
async function packed(exported, entry = './main.js') {
  const ids = [...exported.keys()];
  const local = (id, name) => `m${ids.indexOf(id)}_${name}`;
  const imports = [...exported].map(([id, names]) => {
    const list = names.map((name) => `${name} as ${local(id, name)}`).join(',');
    return `import {${list}} from ${JSON.stringify(id)};`;
  });
  const spaces = [...exported].map(([id, names]) => {
    const getters = names.map((name) => `get ${name}(){return ${local(id, name)}}`).join(',');
    return `case ${JSON.stringify(id)}:return{${getters}};`;
  });
  const names = exported.get(entry).map((name) => `pack.${name}=${local(entry, name)};`);
  const program = `${imports.join('')}${names.join('')}
    pack.ids=()=>${JSON.stringify(ids)};
    pack.space=(id)=>{switch(id){${spaces.join('')}}};`;
  return `(function(require,cache,prefix,__dirname){"use strict";${LOADER}${await flattened(program)}\nreturn pack})`;
}

// A module is loaded once, by whoever asks first.
const LOADER = `const pack={},known={};let isTold=false;
  const load=(id)=>{const own=known[id]??=pack.space(id);if(own!==undefined)return own;
  if(!isTold)tell();return require(id)};
  const tell=()=>{isTold=true;for(const id of pack.ids()){const file=prefix+id.slice(2);
  cache[file]={id:file,filename:file,exports:load(id),children:[],loaded:true}}};\n`;

async function flattened(program) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: program, resolveDir: MODULES },
    plugins: [{ name: 'late', setup: loadLate }],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    packages: 'external',
  });
  return outputFiles[0].text;
}

/** An `import()` that is bundled would put all that it reaches behind a function of its own. */
function loadLate(build) {
  build.onLoad({ filter: /\.js$/ }, ({ path: file }) => {
    const code = fs.readFileSync(file, 'utf8');
    return { contents: code.replace(/\bimport\(("\.\/[^"]+")\)/g, 'Promise.resolve().then(()=>load($1))') };
  });
}

module.exports = { packed };
