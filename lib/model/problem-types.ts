/** What is known of one error type. */
export interface ProblemTypeInfo {
  /** Where it is defined. */
  readonly specification: string;
  /** What it means, for a person. */
  readonly description: string;
}

/** The last part of a registered error type, such as `badCSR`. */
export type ProblemCode = keyof typeof problemTypes;

/**
 * The registered error types, by the last part of their URN. `problemType` makes the whole of it. Servers use others
 * too: none of this library's decoders depends on the table.
 *
 * @see RFC 8555 §6.7, §9.7.4
 */
export const problemTypes = {
  accountDoesNotExist: { specification: 'RFC 8555 §6.7', description: 'No such account exists' },
  alreadyRevoked: { specification: 'RFC 8555 §6.7', description: 'The certificate has been revoked already' },
  badCSR: { specification: 'RFC 8555 §6.7', description: 'The CSR is not acceptable: a weak key, say, or other names' },
  badNonce: { specification: 'RFC 8555 §6.7', description: 'The nonce was used before, or is not known' },
  badPublicKey: { specification: 'RFC 8555 §6.7', description: 'The key of the signature is of a kind not accepted' },
  badRevocationReason: { specification: 'RFC 8555 §6.7', description: 'The reason for revoking is not allowed' },
  badSignatureAlgorithm: { specification: 'RFC 8555 §6.7', description: 'The signature algorithm is not accepted' },
  caa: { specification: 'RFC 8555 §6.7', description: 'CAA records forbid the CA to issue' },
  compound: { specification: 'RFC 8555 §6.7', description: 'Several things are wrong: the subproblems say which' },
  connection: { specification: 'RFC 8555 §6.7', description: 'The validating server could not connect' },
  dns: { specification: 'RFC 8555 §6.7', description: 'A DNS query failed during validation' },
  externalAccountRequired: {
    specification: 'RFC 8555 §6.7',
    description: 'The account must be bound to an account that exists outside of ACME',
  },
  incorrectResponse: { specification: 'RFC 8555 §6.7', description: 'What was found is not what the challenge asks' },
  invalidContact: { specification: 'RFC 8555 §6.7', description: 'A contact URL is not valid' },
  malformed: { specification: 'RFC 8555 §6.7', description: 'The request is not as it must be' },
  orderNotReady: { specification: 'RFC 8555 §6.7', description: 'The order cannot be finalized yet, or no longer' },
  rateLimited: { specification: 'RFC 8555 §6.7', description: 'There were too many requests of the kind' },
  rejectedIdentifier: { specification: 'RFC 8555 §6.7', description: 'The CA does not issue for the identifier' },
  serverInternal: { specification: 'RFC 8555 §6.7', description: 'The server failed' },
  tls: { specification: 'RFC 8555 §6.7', description: 'The TLS connection failed during validation' },
  unauthorized: { specification: 'RFC 8555 §6.7', description: 'The account, or whoever asks, may not do that' },
  unsupportedContact: { specification: 'RFC 8555 §6.7', description: 'A contact URL is of a scheme not accepted' },
  unsupportedIdentifier: { specification: 'RFC 8555 §6.7', description: 'The identifier is of a type not accepted' },
  userActionRequired: { specification: 'RFC 8555 §6.7', description: 'A person has to visit the instance URL first' },
  autoRenewalCanceled: { specification: 'RFC 8739', description: 'The automatic renewal has been cancelled' },
  autoRenewalExpired: { specification: 'RFC 8739', description: 'The automatic renewal has come to its end' },
  autoRenewalCancellationInvalid: {
    specification: 'RFC 8739',
    description: 'The automatic renewal cannot be cancelled in the state that it is in',
  },
  autoRenewalRevocationNotSupported: {
    specification: 'RFC 8739',
    description: 'A certificate that is renewed automatically is not revoked: its renewal is cancelled',
  },
  unknownDelegation: { specification: 'RFC 9115', description: 'No such delegation is configured' },
  alreadyReplaced: { specification: 'RFC 9773', description: 'Another order has replaced the certificate already' },
  onionCAARequired: { specification: 'RFC 9799', description: 'The CA needs the CAA records of the onion service' },
  invalidProfile: {
    specification: 'draft-ietf-acme-profiles',
    description: 'The profile is not on offer, or does not fit the request',
  },
  badAttestationStatement: {
    specification: 'draft-ietf-acme-device-attest',
    description: 'The attestation is not acceptable',
  },
} as const satisfies Readonly<Record<string, ProblemTypeInfo>>;
