import { derObjectIdentifier, derTag, derValue, isObjectIdentifier } from '../../codec/der.js';
import type { IdentifierType } from '../../model/ports.js';
import { otherName } from '../general-name.js';

const permanentIdentifierForm = '1.3.6.1.5.5.7.8.3';
const hardwareModuleForm = '1.3.6.1.5.5.7.8.4';

/**
 * Identifiers of type `permanent-identifier`, devices by what their maker calls them: `SERIAL` or `SERIAL/OID` with the
 * assigner's object identifier, for `acmeSession({ identifierTypes: [permanentIdentifier] })`. A request has the name of
 * that form; servers may want it left out for privacy: `{ ...permanentIdentifier, requestedNames: () => ({}) }` does that.
 *
 * @experimental Of a draft.
 * @see draft-ietf-acme-device-attest-09 §3, RFC 4043 §2
 */
export const permanentIdentifier: IdentifierType = {
  type: 'permanent-identifier',
  normalize: (value) => {
    const { oid } = parts(value);
    if (oid === undefined || isObjectIdentifier(oid)) return value;
    throw new TypeError('what follows the "/" must be the object identifier of its assigner');
  },
  requestedNames: (values) => ({
    generalNames: values.map(parts).map(({ serial, oid }) => {
      const assigner = oid === undefined ? [] : [derObjectIdentifier(oid)];
      const name = derValue(derTag.sequence, derValue(derTag.utf8String, serial), ...assigner);
      return otherName(permanentIdentifierForm, name);
    }),
  }),
};

/**
 * Identifiers of type `hardware-module`, the chips that keep keys: `SERIAL/OID` with the object identifier of its kind,
 * for `acmeSession({ identifierTypes: [hardwareModuleIdentifier] })`. Left out of a request as
 * {@link permanentIdentifier} is.
 *
 * @experimental Of a draft.
 * @see draft-ietf-acme-device-attest-09 §4, RFC 4108 §5
 */
export const hardwareModuleIdentifier: IdentifierType = {
  type: 'hardware-module',
  normalize: (value) => {
    const { oid } = parts(value);
    if (oid !== undefined && isObjectIdentifier(oid)) return value;
    throw new TypeError('must be a serial number, "/", and the object identifier of the kind of module');
  },
  requestedNames: (values) => ({
    generalNames: values.map(parts).map(({ serial, oid = '' }) => {
      const serialNumber = derValue(derTag.octetString, serial);
      return otherName(hardwareModuleForm, derValue(derTag.sequence, derObjectIdentifier(oid), serialNumber));
    }),
  }),
};

/** Octet for octet as it is written: no part of it is normalised. */
function parts(value: string): { readonly serial: string; readonly oid: string | undefined } {
  const [serial = '', oid, ...others] = value.split('/');
  if (serial === '' || others.length > 0) throw new TypeError('must have a serial number, and "/" at most once');
  return { serial, oid };
}
