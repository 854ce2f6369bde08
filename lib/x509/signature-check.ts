/** What is signed, by what, and how. */
export interface SignedOctets {
  /** The object identifier of the signature's algorithm. */
  readonly algorithm: string;
  readonly signed: Uint8Array;
  /** As X.509 has it: for ECDSA a SEQUENCE of two INTEGERs, whose form was looked at. */
  readonly signature: Uint8Array;
  /** The DER SubjectPublicKeyInfo of whoever signed; the same array for the same issuer. */
  readonly issuerKey: Uint8Array;
}

/** Whether a signature is right; `undefined` where WebCrypto is to say. */
export type SignatureCheck = (signed: SignedOctets) => boolean | undefined;
