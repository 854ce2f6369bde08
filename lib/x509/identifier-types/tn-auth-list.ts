import { decodeBase64url, encodeBase64url } from '../../codec/base64url.js';
import type { IdentifierType } from '../../model/ports.js';
import { looksLikeDer } from '../public-key.js';

/**
 * Identifiers of type `TNAuthList`, telephone numbers and the providers that they belong to, for
 * `acmeSession({ identifierTypes: [tnAuthListIdentifier] })`. The value is the base64url of a DER TNAuthorizationList;
 * base64 is taken too, padded or not. A request has it as the extension of that name; there is one to a certificate.
 *
 * @see RFC 9448 §3, RFC 8226 §9
 */
export const tnAuthListIdentifier: IdentifierType = {
  type: 'TNAuthList',
  normalize: (value) => {
    const der = decodeBase64url(value.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'));
    if (looksLikeDer(der)) return encodeBase64url(der);
    throw new TypeError('not the base64url of a DER TNAuthorizationList');
  },
  requestedNames: ([value, ...others]) => {
    if (value === undefined || others.length > 0)
      throw new TypeError('a request has one TNAuthList, put all into that');
    return { extensions: [{ oid: '1.3.6.1.5.5.7.1.26', value: decodeBase64url(value) }] };
  },
};
