import { lineOf, readLog } from './catalogueLog.ts';
import type { Files } from './files.ts';
import type { SetAside } from './setAside.ts';
import { writeWhole } from './writeWhole.ts';

// A file that is only added to cannot tell that its end is missing. So whoever ends as it should notes how long they are.

const NAME = 'sizes';
/** Of those whose length nothing else tells. */
const ADDED_TO = /\.(log|gone)$/;

function* addedTo(files: Files, folder: string): Generator<string> {
  for (const name of files.list(folder)) if (ADDED_TO.test(name)) yield name;
  for (const stream of files.list(`${folder}/media`)) {
    for (const name of files.list(`${folder}/media/${stream}`))
      if (ADDED_TO.test(name)) yield `media/${stream}/${name}`;
  }
}

/** Nothing is added to any of them from now on. */
export async function noteSizes(files: Files, folder: string): Promise<void> {
  const sizes = [...addedTo(files, folder)].map((name) => [name, files.size(`${folder}/${name}`) ?? 0] as const);
  const path = `${folder}/${NAME}`;
  const bytes = Buffer.from(lineOf(Object.fromEntries(sizes)));
  await writeWhole(files, path, bytes);
}

/** Says which of them have become shorter since then. What was noted holds once. */
export function checkSizes(files: Files, folder: string, aside: SetAside): void {
  const path = `${folder}/${NAME}`;
  if (files.size(path) === undefined) return;
  const { head, broken } = readLog(files.readNow(path));
  if (broken.length > 0 || typeof head !== 'object' || head === null) {
    aside.whole(path, 'its checksum does not fit');
    return;
  }
  for (const [name, then] of Object.entries(head as Record<string, number>)) {
    const now = files.size(`${folder}/${name}`);
    if (now !== undefined && now < then) {
      aside.missing(`${folder}/${name} from byte ${now} on`, `it had ${then}. What was noted there is lost.`);
    }
  }
  files.remove(path);
}
