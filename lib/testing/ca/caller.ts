import { from, map, type Observable, of } from 'rxjs';
import type { AcmeHttpRequest } from '../../model/ports.js';
import type { Nonces } from './nonces.js';
import type { Call, CaCore, Operation } from './operation.js';
import { Refusal, refuse } from './refusal.js';
import { readSignedBody, type SignedBody } from './signed-body.js';

/** Those of account keys that are taken. */
export const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'EdDSA'];

/** Checks a request as every server does before it looks at its meaning, and says who made it. */
export function authenticated(
  ca: CaCore,
  nonces: Nonces,
  { signedBy }: Operation,
  { method, url, headers, body = '' }: AcmeHttpRequest,
): Observable<Omit<Call, 'id'>> {
  if (method !== 'POST' && signedBy !== 'none')
    throw new Refusal({ type: 'malformed', detail: `${method} is not allowed here`, status: 405 });
  if (headers['user-agent'] === '') refuse('malformed', 'there is no User-Agent');
  if (method !== 'POST') return of({ url, payload: undefined, account: undefined, jwk: undefined });
  if (headers['content-type'] !== 'application/jose+json') {
    refuse('malformed', `the content type must be application/jose+json, not ${headers['content-type'] ?? 'none'}`, {
      status: 415,
    });
  }
  const signed = readSignedBody(body);
  if (!algorithms.includes(signed.alg))
    refuse('badSignatureAlgorithm', `${signed.alg} is not accepted`, { more: { algorithms } });
  if (!nonces.redeem(signed.nonce)) refuse('badNonce', 'the nonce was used before, or never given out');
  if (ca.settings.refusesNonce?.() === true) refuse('badNonce', 'refused, as every so often');
  if (signed.url !== url) refuse('unauthorized', `signed for ${signed.url}, sent to ${url}`, { status: 401 });
  return signatory(ca, signedBy, url, signed);
}

function signatory(
  ca: CaCore,
  signedBy: Operation['signedBy'],
  url: string,
  signed: SignedBody,
): Observable<Omit<Call, 'id'>> {
  const { kid, jwk, payload } = signed;
  if (signedBy === 'key' && kid !== undefined) refuse('malformed', 'this request must carry the key, jwk, and no kid');
  if (signedBy === 'account' && jwk !== undefined)
    refuse('malformed', 'this request must carry the account URL, kid, and no jwk');
  const account = kid === undefined ? undefined : accountOf(ca, kid);
  const key = account?.jwk ?? jwk;
  if (key === undefined) return refuse('malformed', 'there is no key');
  return from(ca.settings.verify(signed.alg, key, signed.input, signed.signature)).pipe(
    map((right) => {
      if (!right) refuse('malformed', 'the signature is wrong');
      if (account !== undefined && account.status !== 'valid')
        refuse('unauthorized', `the account is ${account.status}`, { status: 401 });
      return { url, payload, account, jwk };
    }),
  );
}

const accountOf = ({ store }: CaCore, kid: string) =>
  store.accountByUrl(kid) ?? refuse('accountDoesNotExist', `there is no account ${kid}`);
