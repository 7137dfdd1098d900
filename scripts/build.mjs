// Builds dist/, what is published:
//   *.js, chunks/          ES modules: the program, and an entry point for each of `exports`
//   cjs/                   the same entry points for require()
//   vendor/                packages of other people that both load when they are wanted, once for both
//   *.d.ts, cjs/*.d.ts     declarations, what belongs together in one file
//   maps/                  source maps, which are not in the package
//   THIRD-PARTY-NOTICES.txt    the licences of everything that is bundled
// Nothing is loaded from node_modules but optional peers.
import { chmodSync, rmSync } from 'node:fs';
import { bundle, vendor } from './build/bundles.mjs';
import { writeNotices } from './build/notices.mjs';
import { bundleTypes } from './build/types.mjs';
import { dist } from './build/what.mjs';

rmSync(dist, { recursive: true, force: true });
const [, ...metafiles] = await Promise.all([bundleTypes(), vendor(), bundle()]);
writeNotices(metafiles.flat());
chmodSync(`${dist}main.js`, 0o755);
