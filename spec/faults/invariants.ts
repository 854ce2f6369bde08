import { inspect } from 'node:util';
import type { LoggedRequest } from '../support/fault-interceptor.js';

/** What a server must not be told again once it has carried it out. */
const only = ['finalize', 'challenge'];

/** What was sent again although the server had carried it out. */
export const sentTwice = (requests: readonly LoggedRequest[]): readonly string[] =>
  requests.flatMap((request, index) =>
    only.includes(request.operation) &&
    requests.slice(0, index).some(({ url, isCarriedOut }) => url === request.url && isCarriedOut)
      ? [`${request.operation} sent again after it was carried out`]
      : [],
  );

/** Whether a secret can be read where an error is printed, in whatever way. */
export const isPrinted = (error: unknown, secrets: readonly (string | undefined)[]): boolean =>
  [inspect(error, { depth: Infinity }), JSON.stringify(error) ?? '', String(error)].some((text) =>
    secrets.some((secret) => secret !== undefined && text.includes(secret)),
  );
