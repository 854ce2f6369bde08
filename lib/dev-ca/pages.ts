/** What the server shows to people and to programs that set it up, by path. */
export const pages = (origin: string, rootPems: readonly string[]): Readonly<Record<string, string>> => ({
  '/': [
    'A certification authority for development and tests, by rxacme.',
    'It certifies whatever it is asked to. Trust its root in tests only, and never on a machine that matters.',
    '',
    `directory  ${origin}/directory`,
    `root       ${origin}/root.pem`,
    `all roots  ${origin}/roots.pem`,
    '',
  ].join('\n'),
  '/root.pem': rootPems[0] ?? '',
  '/roots.pem': rootPems.join(''),
});
