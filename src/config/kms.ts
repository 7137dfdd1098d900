export const BUILTIN_KMS = 'builtin';

/** `builtin`, or an address, which may have credentials in it; undefined if it is neither. */
export function parseKms(text: string): string | undefined {
  if (text === BUILTIN_KMS) return text;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { search, hash, username, password } = new URL(text);
  return search === '' && hash === '' && (username === '') === (password === '') ? text : undefined;
}
