// Builds dist/, what is published:
//   main.js                the program, which is CommonJS: node loads that sooner
//   cjs/chunks/start.js    what it loads before it answers; beside it, what V8 has compiled of that, for the node that built
//   cjs/                   an entry point for each of `exports`, for require(), and what they and the program load
//   esm/                   the same entry points as ES modules
//   vendor/                packages of other people that both load when they are wanted, once for both
//   esm/*.d.ts, cjs/*.d.ts     declarations, what belongs together in one file
//   maps/                  source maps, which are not in the package
//   THIRD-PARTY-NOTICES.txt    the licences of everything that is bundled
// Nothing is loaded from node_modules but optional peers.
import { chmodSync, rmSync } from 'node:fs';
import { bundle, vendor } from './build/bundles.mjs';
import { keepCompiled } from './build/early.mjs';
import { GATHERED } from './build/gather.mjs';
import { writeNotices } from './build/notices.mjs';
import { bundleTypes } from './build/types.mjs';
import { dist } from './build/what.mjs';

rmSync(dist, { recursive: true, force: true });
const [, ...metafiles] = await Promise.all([bundleTypes(), vendor(), bundle()]);
writeNotices(metafiles.flat());
chmodSync(`${dist}main.js`, 0o755);
keepCompiled(`${dist}main.js`, `${dist}cjs/chunks/${GATHERED}`);
