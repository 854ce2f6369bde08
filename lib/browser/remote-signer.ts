import { catchError, defer, map, type Observable, throwError } from 'rxjs';
import { decodeBase64url, encodeBase64url } from '../codec/base64url.js';
import { publicMembers } from '../codec/public-members.js';
import { isObject, ownMember, textOf } from '../codec/tolerant.js';
import { AcmePortError } from '../model/errors/port-error.js';
import type { JsonObject } from '../model/json.js';
import type { AcmeSigner, PublicJwk } from '../model/ports.js';
import { checkSigner } from '../request/account.js';
import { backEnd, type BackEndOptions } from './ask-back-end.js';

/** Options of {@link remoteSigner}. */
export type RemoteSignerOptions = BackEndOptions;

/**
 * An account key that stays with the application's own server. A GET asks it which key that is, and a POST has it sign:
 *
 * ```json
 * { "alg": "ES256", "publicJwk": { "kty": "EC", "crv": "P-256", "x": "…", "y": "…" } }
 * { "input": "<base64url of the bytes to sign>" }    answered by    { "signature": "<base64url>" }
 * ```
 *
 * The signature is in JWS form, for ECDSA two integers of full length; key services often answer DER, which is told
 * apart and refused. The bytes are `<protected>.<payload>`, so the back end can read what it signs: the `url` and the
 * `nonce` stand in the first part.
 *
 * Emits once: the signer; then completes. Errors: {@link AcmePortError}, `signer`, where the back end refuses, answers
 * something else, or does not answer within `timeoutMs`; the signer's own failures end as the same in the streams that
 * sign. Cost: one request to the back end, and one for each signature. Throws `TypeError` on options that cannot work.
 *
 * @see RFC 8555 §6.2, RFC 7515 §5.1, RFC 7518 §3.4
 */
export function remoteSigner(options: RemoteSignerOptions): Observable<AcmeSigner> {
  const ask = backEnd('remoteSigner', { ...options, timeoutMs: options.timeoutMs ?? 30_000 });
  return defer(() => ask()).pipe(
    map((answer) => {
      const { alg, publicJwk } = keyIn(answer);
      const sign = (input: Uint8Array) =>
        ask({ input: encodeBase64url(input) }).pipe(map((signed) => signatureIn(signed, alg)));
      const signer = { alg, publicJwk, sign };
      checkSigner('remoteSigner', signer);
      return signer;
    }),
    catchError((error: unknown) => throwError(() => new AcmePortError('signer', error))),
  );
}

function keyIn(answer: JsonObject): Pick<AcmeSigner, 'alg' | 'publicJwk'> {
  const alg = textOf(answer, 'alg');
  const jwk = ownMember(answer, 'publicJwk');
  if (alg === undefined || !isObject(jwk)) throw new Error('the back end named no alg and publicJwk');
  if ('d' in jwk) throw new Error('the back end sent a private key; it has to keep that to itself');
  return { alg, publicJwk: publicMembers(jwk as object as PublicJwk) };
}

/** How long signatures are, in bytes. */
const lengths: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132, EdDSA: 64 };

function signatureIn(answer: JsonObject, alg: string): Uint8Array {
  const signature = decodeBase64url(textOf(answer, 'signature') ?? '');
  const length = ownMember(lengths, alg) ?? signature.length;
  if (signature.length === length && length > 0) return signature;
  const isDer = signature[0] === 0x30 && alg.startsWith('ES');
  throw new Error(
    isDer
      ? `the back end signed in DER form; ${alg} in a JWS is two integers of ${length / 2} bytes, one after the other`
      : `the back end's signature has ${signature.length} bytes, ${alg} takes ${length || 'some'}`,
  );
}
