import { of } from 'rxjs';
import type { Operation } from '../operation.js';

/** @see RFC 8555 §7.1.1 */
export const directory: Operation = {
  name: 'directory',
  path: 'directory',
  reads: true,
  signedBy: 'none',
  handle: ({ store, operations, settings }) => {
    const offered: string[][] = operations.flatMap(({ path, directoryMember }) =>
      directoryMember === undefined ? [] : [[directoryMember, store.url(path)]],
    );
    return of({ status: 200, json: { ...(Object.fromEntries(offered) as object), meta: settings.meta } });
  },
};

/** @see RFC 8555 §7.2 */
export const newNonce: Operation = {
  name: 'newNonce',
  path: 'new-nonce',
  directoryMember: 'newNonce',
  reads: true,
  signedBy: 'none',
  handle: () => of({ status: 204 }),
};
