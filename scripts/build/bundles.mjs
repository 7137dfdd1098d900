import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { gather, sooner } from './gather.mjs';
import { dist, entries, modulesOnly, peers, program, put, root, vendored, version } from './what.mjs';

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  legalComments: 'none',
  // Read by nobody but machines; names stay as they are, for whoever reads a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  metafile: true,
  write: false,
};

/** As mime-db has them. */
const MEDIA_TYPES = {
  'application/json': { source: 'iana', charset: 'UTF-8', compressible: true, extensions: ['json', 'map'] },
  'application/octet-stream': { source: 'iana', compressible: false, extensions: ['bin'] },
  'text/html': { source: 'iana', compressible: true, extensions: ['html', 'htm'] },
  'text/plain': { source: 'iana', compressible: true, extensions: ['txt'] },
};

/**
 * Express brings what we have no use for: parsers of bodies, with the tables of all encodings there are, templates, and a
 * table of all media types there are, of which those are enough that we name by their endings. ws would look for packages that
 * nobody has beside a bundle. node-forge is a whole TLS; certificates need a third of it, and no passwords.
 */
const trimmed = {
  name: 'trimmed',
  setup: ({ onResolve, onLoad }) => {
    const nothing = (filter, namespace) => onResolve({ filter }, ({ path }) => ({ path, namespace }));
    nothing(/^(body-parser|\.\/view)$/, 'empty');
    nothing(/^(bufferutil|utf-8-validate)$/, 'missing');
    nothing(/^\.\/(pbe|pbkdf2|pkcs12)$/, 'empty');
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
    onLoad({ filter: /.*/, namespace: 'missing' }, () => ({ contents: "throw new Error('It is optional.');" }));
    onResolve({ filter: /^mime-db$/ }, ({ path }) => ({ path, namespace: 'types' }));
    onLoad({ filter: /.*/, namespace: 'types' }, () => ({ contents: JSON.stringify(MEDIA_TYPES), loader: 'json' }));
  },
};

const exporting = (name, names) =>
  names === undefined ? `module.exports = require('${name}');` : `export { ${names.join(', ')} } from '${name}';`;

/** Packages of other people, each one file. */
export async function vendor() {
  const made = await Promise.all(
    Object.entries(vendored).map(([name, names]) => {
      const contents = typeof names === 'string' ? names : exporting(name, names);
      const stdin = { contents, resolveDir: root, sourcefile: `${name}.js` };
      const outfile = `${dist}vendor/${name}.cjs`;
      return build({ ...common, stdin, outfile, format: 'cjs', minifyIdentifiers: true, plugins: [trimmed] });
    }),
  );
  for (const { outputFiles } of made) for (const { path, contents } of outputFiles) put(path, contents);
  return made.map(({ metafile }) => metafile);
}

const VENDOR = 'kvs-emulator-vendor:';
/** Leaves imports of what is vendored to `toVendor`. */
const vendorImports = {
  name: 'vendor',
  setup: ({ onResolve }) => {
    for (const name of Object.keys(vendored))
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: `${VENDOR}${name}.cjs`, external: true }));
  },
};
/** Where it is, seen from the file that imports it: which one that is esbuild decides. */
const toVendor = (path, text) => text.replaceAll(VENDOR, `${relative(dirname(path), dist).replace(/^$/, '.')}/vendor/`);

const inSource = (name) => `${root}src/${name}.ts`;
/** What the program loads whatever it is to do. */
const BASE = [
  ...['commands/commandLine', 'commands/help', 'runtime/nearest', 'config/option'].map(inSource),
  ...['duration', 'lines', 'random', 'time', 'unwaitedWriter', 'version', 'wall'].map((name) =>
    inSource(`runtime/${name}`),
  ),
];
/** What a start loads besides, before it answers. */
const FRONT = [...BASE, inSource('runtime/garbage'), inSource('open')];
/** Where the base costs nothing, or next to it. */
const ABOVE = /\/src\/(main|commands\/\w+|kits\/(msw|testcontainers))\.ts$/;
/** What is never loaded without the front. */
const BEHIND =
  /\/src\/(index|world|atStart|commands\/(start|demo)|http\/(app|tlsAcceptor)|http\/certificates\/authority|admin\/registry|store\/disk\/dataFolder)\.ts$/;
/** What is never loaded without the service. */
const BEHIND_WORLD = /\/src\/(admin\/registry|http\/app|kits\/msw|commands\/demo)\.ts$/;
/** The same with a data folder. */
const BEHIND_FOLDER = /\/src\/store\/disk\/folderStores\.ts$/;
const commands = [...readFileSync(`${root}src/main.ts`, 'utf8').matchAll(/import\('\.(\/commands\/\w+\.ts)'\)/g)];
/**
 * Whatever two entry points share and a third does not becomes a chunk of its own, and each costs a start a good part of a
 * millisecond. Those that are behind others are told that they need all of it: then it stays in one.
 */
const together = {
  name: 'together',
  setup({ onLoad }) {
    const needs = (filter, files) =>
      onLoad({ filter }, ({ path }) => {
        if (/commands/.test(path) && !commands.some(([, name]) => path.endsWith(name))) return undefined;
        const imports = files.map((file) => `import ${JSON.stringify(file)};`);
        return { contents: [readFileSync(path, 'utf8'), ...imports].join('\n'), loader: 'ts' };
      });
    needs(BEHIND_FOLDER, [...FRONT, inSource('world'), inSource('store/disk/dataFolder')]);
    needs(BEHIND_WORLD, [...FRONT, inSource('world')]);
    needs(BEHIND, FRONT);
    needs(ABOVE, BASE);
  },
};

const shared = {
  ...common,
  splitting: true,
  format: 'esm',
  external: peers,
  plugins: [vendorImports, together],
  sourcesContent: false,
};
const define = { __KVS_EMULATOR_VERSION__: JSON.stringify(version) };

const putMap = (path, text) => put(`${dist}maps/${relative(dist, path)}`, text);

/** What is imported. Its names are short: whoever reads a stack of the program finds those of the source. */
async function modules() {
  const { outputFiles, metafile } = await build({
    ...shared,
    define,
    entryPoints: entries,
    outdir: `${dist}esm`,
    chunkNames: 'chunks/[name]-[hash]',
    minifyIdentifiers: true,
    sourcemap: 'external',
  });
  for (const { path, text } of outputFiles) {
    if (path.endsWith('.map')) putMap(path, text);
    else put(path, toVendor(path, text));
  }
  put(`${dist}esm/package.json`, '{ "type": "module" }\n');
  return metafile;
}

/** The program, and what require() gets: node loads CommonJS a good deal sooner, and a start waits for it. */
async function commonJs() {
  const required = Object.entries(entries).filter(([name]) => !modulesOnly.includes(name));
  const { outputFiles, metafile } = await build({
    ...shared,
    define: { ...define, 'import.meta.url': '__moduleUrl' },
    entryPoints: { ...program, ...Object.fromEntries(required.map(([name, path]) => [`cjs/${name}`, path])) },
    outdir: dist,
    chunkNames: 'cjs/chunks/[name]-[hash]',
    sourcemap: 'inline',
  });
  // esbuild splits ES modules only; each of the files becomes a CommonJS module by itself.
  const files = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const usesUrl = text.includes('__moduleUrl');
      const { code, map } = await transform(text, {
        format: 'cjs',
        platform: 'node',
        target: common.target,
        // import() of CommonJS would ask for ES modules again.
        supported: { 'dynamic-import': false },
        minifyWhitespace: true,
        lineLimit: common.lineLimit,
        legalComments: 'none',
        // As ES modules are.
        banner: `'use strict';${usesUrl ? "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" : ''}`,
        sourcemap: 'external',
        sourcefile: path,
        sourcesContent: false,
      });
      return { path, code: toVendor(path, code), map };
    }),
  );
  for (const { path, code, map } of gather(files, metafile)) {
    put(path, path === `${dist}main.js` ? sooner(code) : code);
    putMap(`${path}.map`, map);
  }
  put(`${dist}package.json`, '{ "type": "commonjs" }\n');
  return metafile;
}

/** The program, the ES modules and what require() gets. */
export const bundle = () => Promise.all([modules(), commonJs()]);
