/**
 * What `--like-aws` makes of options that are not given. AWS publishes hardly any of these times: states last from under a second
 * to seconds, PERSISTED comes after tenths of a second to a few seconds, and a fragment is listed within another second.
 */
export const LIKE_AWS: Readonly<Record<string, unknown>> = {
  strict: true,
  auth: 'sigv4',
  limits: 'aws',
  creatingDelay: 1000,
  updatingDelay: 1000,
  deletingDelay: 1000,
  // That one is published: a configuration counts a minute after it has been set.
  activationDelay: 60_000,
  persistDelay: 500,
  listDelay: 1000,
};
