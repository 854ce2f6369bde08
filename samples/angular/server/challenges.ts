/**
 * What `backEndSolver` of rxacme/browser asks for: it keeps the answers to http-01 for as long as they are presented.
 * A server of your own also asks who the user is, and whether this name is theirs.
 */
import { text } from 'node:stream/consumers';
import type { RequestListener } from 'node:http';

/** Names below this one are not proven, to show what that looks like. */
export const unprovable = 'unproven.test';

/** What `backEndSolver` sends. */
interface Asked {
  readonly action: 'present' | 'clean-up';
  readonly token: string;
  readonly keyAuthorization: string;
  readonly identifier: { readonly value: string };
}

/** @returns What pages ask, what authorities ask at port 80, and how many answers are up. */
export function challenges() {
  const answers = new Map<string, string>();
  const place = (token: string) => `/.well-known/acme-challenge/${token}`;
  const change = ({ action, token, keyAuthorization, identifier }: Asked): void => {
    if (action !== 'present') answers.delete(place(token));
    else if (!`.${identifier.value}`.endsWith(`.${unprovable}`)) answers.set(place(token), keyAuthorization);
  };
  const solver: RequestListener = async (request, response) => {
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json') {
      return response.writeHead(415).end();
    }
    try {
      change(JSON.parse(await text(request)) as Asked);
      return response.writeHead(204).end();
    } catch {
      return response.writeHead(400).end();
    }
  };
  const atPort80: RequestListener = ({ url = '' }, response) => {
    const answer = answers.get(url);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(answer);
  };
  return { solver, atPort80, up: () => answers.size };
}
