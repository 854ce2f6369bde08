import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';

/** The server of the pages' own origin, whatever takes that part. */
const place = globalThis as { rxacmeBackEnd?: RequestListener };

/** Has this handler answer what pages ask of their own origin below `/back-end`. */
export const serveBackEnd = (handler: RequestListener): void => {
  place.rxacmeBackEnd = handler;
};

/** Mounts it into the server of the pages. */
export const backEndPlugin = {
  name: 'rxacme-back-end',
  configureServer: ({
    middlewares,
  }: {
    middlewares: { use(path: string, handler: RequestListener): unknown };
  }): void => {
    middlewares.use('/back-end', (request, response) => place.rxacmeBackEnd?.(request, response));
  },
};

/** Answers `/solver` by keeping key authorizations for {@link challenges}, and `/relay` by this relay. */
export function backEnd(relay: RequestListener) {
  const answers = new Map<string, string>();
  const handler: RequestListener = async (request, response) => {
    if (!request.url?.startsWith('/solver')) return relay(request, response);
    const { action, token, keyAuthorization } = JSON.parse(await text(request)) as Record<string, string>;
    if (action === 'present') answers.set(`/.well-known/acme-challenge/${token}`, String(keyAuthorization));
    else answers.delete(`/.well-known/acme-challenge/${token}`);
    return response.writeHead(204).end();
  };
  /** Port 80 of every name, for authorities that look. */
  const challenges: RequestListener = ({ url = '' }, response) => {
    const answer = answers.get(url);
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  };
  return { handler, challenges, left: () => answers.size };
}
