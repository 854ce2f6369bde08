/** What lets scripts of any page use the server: only whoever can reach it is asked, nothing rests on cookies. */
export const corsHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Replay-Nonce, Location, Link, Retry-After',
};

/** The answer to a preflight adds these. */
export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'Content-Type, Accept, Accept-Language, User-Agent',
  'access-control-max-age': '600',
};
