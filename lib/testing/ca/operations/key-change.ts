import { concatMap, from, map } from 'rxjs';
import type { PublicJwk } from '../../../model/ports.js';
import { publicMembers } from '../../../codec/public-members.js';
import { algorithms } from '../caller.js';
import type { CaCore, Operation } from '../operation.js';
import type { AccountRecord } from '../records.js';
import { refuse } from '../refusal.js';
import { type InnerBody, readInnerBody } from '../signed-body.js';

/** @see RFC 8555 §7.3.5 */
export const keyChange: Operation = {
  name: 'keyChange',
  path: 'key-change',
  directoryMember: 'keyChange',
  signedBy: 'account',
  handle: (ca, { url, account, payload }) => {
    const own = account as AccountRecord;
    if (payload === undefined) return refuse('malformed', 'the payload must be a JWS by the new key');
    const inner = readInnerBody(payload);
    if (!algorithms.includes(inner.alg))
      refuse('badSignatureAlgorithm', `${inner.alg} is not accepted`, { more: { algorithms } });
    if (inner.url !== url) refuse('malformed', 'the inner JWS must have the url of the outer one');
    return from(ca.settings.verify(inner.alg, inner.jwk, inner.input, inner.signature)).pipe(
      concatMap((right) => {
        if (!right) refuse('malformed', 'the signature of the new key is wrong');
        checkPayload(own, inner);
        return ca.thumbprint(inner.jwk);
      }),
      map((thumbprint) => {
        changeKey(ca, own, inner.jwk, thumbprint);
        const { status, contact, termsOfServiceAgreed } = own;
        return { status: 200, json: { status, contact, termsOfServiceAgreed } };
      }),
    );
  },
};

function checkPayload({ url, jwk }: AccountRecord, { payload }: InnerBody): void {
  if (payload['account'] !== url) refuse('malformed', 'account must be the account that signs');
  if (keyText(payload['oldKey']) !== keyText(jwk)) refuse('malformed', 'oldKey must be the key that the account has');
}

function changeKey({ store }: CaCore, own: AccountRecord, jwk: PublicJwk, thumbprint: string): void {
  if (own.thumbprint === thumbprint) refuse('malformed', 'the new key is the one that the account has');
  const owner = store.accountByKey(thumbprint);
  if (owner !== undefined)
    refuse('conflict', 'another account has this key', { status: 409, headers: { location: owner.url } });
  Object.assign(own, { jwk, thumbprint });
}

function keyText(jwk: unknown): string | undefined {
  try {
    return JSON.stringify(publicMembers(jwk as PublicJwk));
  } catch {
    return undefined;
  }
}
