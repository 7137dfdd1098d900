// What differs between two recordings of the same script.

const BEFORE_PLACE = 40;
const BEHIND_PLACE = 80;

/** What a record is compared by, each part as text with a character for each byte. */
const PARTS = {
  'go-ahead': ({ interim }) => interim,
  head: ({ head }) => head,
  body: ({ body }) => body,
  'ends of chunks': ({ chunks }) => chunks,
  end: ({ end }) => end,
};

const excerpt = (text, at) => {
  const from = Math.max(0, at - BEFORE_PLACE);
  return `${from > 0 ? '…' : ''}${JSON.stringify(text.slice(from, at + BEHIND_PLACE))}`;
};

function firstPlace(before, after) {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before[at] === after[at]) at += 1;
  return at;
}

/** A line or more for each part that differs; none for records that agree. */
function differencesOf(before, after) {
  return Object.entries(PARTS).flatMap(([part, textOf]) => {
    const [was, is] = [textOf(before), textOf(after)];
    if (was === is) return [];
    const at = firstPlace(was, is);
    const lengths = was.length === is.length ? `${was.length} bytes` : `${was.length} and ${is.length} bytes`;
    return [`${part}, from byte ${at} (${lengths})`, `  before ${excerpt(was, at)}`, `  after  ${excerpt(is, at)}`];
  });
}

/** Both are maps of name to record. */
export function compare(before, after) {
  const different = [];
  let agreed = 0;
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name), after.get(name)];
    const lines =
      was === undefined || is === undefined
        ? [
            `was made ${was === undefined ? 'after' : 'before'} only: an answer in front of it took the script elsewhere`,
          ]
        : differencesOf(was, is);
    if (lines.length === 0) agreed += 1;
    else different.push({ name, asked: (was ?? is).asked, lines });
  }
  return { agreed, different };
}
