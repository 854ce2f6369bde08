import { createServer } from 'node:http';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { ChallengeSolver } from '../../../lib/index.js';
import type { Pebble } from '../../support/pebble.js';

/**
 * Listens where a Pebble's http-01 validation knocks and lets it wait until the solver presents, so that a challenge
 * stays `processing` for as long as a spec needs. Ends with the spec.
 */
export async function holdValidation({ httpPort }: Pebble): Promise<ChallengeSolver> {
  let present: (keyAuthorization: string | undefined) => void = () => undefined;
  const presented = new Promise<string | undefined>((resolve) => (present = resolve));
  const server = createServer((_request, response) => {
    void presented.then((keyAuthorization) => response.end(keyAuthorization));
  });
  await once(server.listen(httpPort, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    types: ['http-01'],
    present: ({ keyAuthorization }) => {
      present(keyAuthorization);
      return [];
    },
    cleanUp: () => [],
  };
}
