import { optionList } from '../config/options.ts';
import type { CommandIO } from './command.ts';

/**
 * `npm start --port 5000` gives npm the flag and us the 5000. npm tells its scripts of every flag that it took, so what
 * was meant can be said; undefined if npm took nothing of ours.
 */
export function takenByNpm(env: CommandIO['env'], strays: readonly string[]): string | undefined {
  if (env.npm_lifecycle_event !== 'start') return undefined;
  const taken = optionList.flatMap(({ flag, placeholder }) => {
    const value = env[`npm_config_${flag.replaceAll('-', '_')}`];
    return value === undefined ? [] : [{ flag, placeholder, value }];
  });
  if (taken.length === 0) return undefined;
  // A flag that stood apart from its value is `true`, and which value was whose nobody knows if there are several.
  const apart = taken.filter(({ placeholder, value }) => placeholder !== '' && value === 'true');
  const [only] = apart.length === 1 && strays.length === 1 ? strays : [];
  const meant = taken.map(({ flag, placeholder, value }) => {
    if (placeholder === '') return `--${flag}`;
    return `--${flag} ${value === 'true' ? (only ?? placeholder) : value}`;
  });
  const flags = taken.map(({ flag }) => `--${flag}`).join(' and ');
  return `npm has taken ${flags} for itself. Write: npm start -- ${meant.join(' ')}`;
}
