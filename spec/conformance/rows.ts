/** One row of the status table: a part of the protocol, and what of rxacme does it. */
export interface Row {
  /** The specification, and its section where only a part is meant. */
  readonly section: string;
  readonly title: string;
  /** Exported names, those of another entry with it in front: `rxacme/node: http01Server`. */
  readonly names: readonly string[];
  /** Default: a published specification. For a draft, its version; such rows are marked as experimental. */
  readonly draft?: string;
  /** What is left out, and why. Default: nothing. */
  readonly without?: string;
}

const row = (section: string, title: string, names: readonly string[], more: Partial<Row> = {}): Row => ({
  section,
  title,
  names,
  ...more,
});

/** The rows of the status table, in its order. Specs name them with `covers`. */
export const rows = {
  transport: row('RFC 8555 §6.1', 'HTTPS only, User-Agent, Accept-Language; no redirects', [
    'acmeSession',
    'fetchTransport',
    'rxacme/node: nodeTransport',
  ]),
  signedRequests: row('RFC 8555 §6.2, §6.4', 'Signed requests: flattened JWS, jwk or kid, the very URL', [
    'signedRequest',
    'signedPost',
  ]),
  postAsGet: row('RFC 8555 §6.3', 'POST-as-GET; GET only where it is meant', ['postAsGet', 'unsignedGet']),
  nonces: row('RFC 8555 §6.5, §7.2', 'Nonces from every answer; badNonce with the nonce of that answer', ['withNonce']),
  rateLimits: row('RFC 8555 §6.6', 'Rate limits, Retry-After in both forms', [
    'AcmeRateLimitedError',
    'retryWhenAllowed',
  ]),
  problems: row('RFC 8555 §6.7', 'Problem documents, subproblems by identifier', [
    'AcmeProblemError',
    'describeProblem',
  ]),
  directory: row('RFC 8555 §7.1.1', 'Directory', ['getDirectory']),
  orderList: row('RFC 8555 §7.1.2.1', 'Order list, page by page', ['listOrders']),
  statuses: row('RFC 8555 §7.1.6', 'Every status; going on from any of them', ['obtainCertificate', 'resumeOrder']),
  newAccount: row('RFC 8555 §7.3', 'New account', ['newAccount', 'getAccount']),
  findAccount: row('RFC 8555 §7.3.1', 'Account by its key', ['findAccount']),
  updateAccount: row('RFC 8555 §7.3.2', 'Contacts', ['updateAccount', 'mailto', 'tel']),
  termsOfService: row('RFC 8555 §7.3.3', 'Terms of service that changed', ['AcmeUserActionRequiredError']),
  externalAccount: row('RFC 8555 §7.3.4', 'External account binding', [
    'externalAccountBinding',
    'requiresExternalAccount',
  ]),
  keyChange: row('RFC 8555 §7.3.5', 'Account key change', ['changeAccountKey']),
  deactivateAccount: row('RFC 8555 §7.3.6', 'Account deactivation', ['deactivateAccount']),
  newOrder: row('RFC 8555 §7.4', 'Orders: new, look, poll, finalize', [
    'newOrder',
    'getOrder',
    'pollOrder',
    'finalizeOrder',
  ]),
  preAuthorization: row('RFC 8555 §7.4.1', 'Pre-authorization', ['newAuthorization']),
  certificate: row('RFC 8555 §7.4.2', 'Certificate download, checked chain, alternates', [
    'getCertificate',
    'getAlternateCertificates',
  ]),
  authorization: row('RFC 8555 §7.5', 'Authorizations', ['getAuthorization', 'pollAuthorization']),
  challenge: row('RFC 8555 §7.5.1', 'Responding to challenges', ['respondToChallenge']),
  deactivateAuthorization: row('RFC 8555 §7.5.2', 'Authorization deactivation', ['deactivateAuthorization']),
  revocation: row('RFC 8555 §7.6', 'Revocation by account or certificate key', ['revokeCertificate']),
  keyAuthorization: row('RFC 8555 §8.1', 'Key authorization', ['keyAuthorization', 'jwkThumbprint', 'challengeTask']),
  http01: row('RFC 8555 §8.3', 'http-01', ['rxacme/node: http01Server']),
  dns01: row('RFC 8555 §8.4', 'dns-01', ['dns01', 'txtRecord']),
  openTypes: row('RFC 8555 §9.7', 'Unknown identifier types, challenge types and members', [
    'toIdentifier',
    'decodeChallenge',
  ]),
  accountKeys: row('RFC 7518 §3.1, RFC 8037', 'Account keys: ES256, ES384, ES512, RS256, EdDSA', [
    'generateSigner',
    'importSigner',
    'cryptoKeySigner',
  ]),
  certificateKeys: row('RFC 5480, RFC 4055, RFC 8410', 'Certificate keys: P-256, P-384, RSA, Ed25519', [
    'generateCertificateKey',
    'importCertificateKey',
  ]),
  certificateRequest: row('RFC 2986', 'Certificate requests', ['buildCertificateRequest']),
  mustStaple: row('RFC 7633', 'Must-staple', ['buildCertificateRequest']),
  caa: row('RFC 8657', 'CAA records with accounturi and validationmethods', ['caaRecord']),
  tlsAlpn01: row('RFC 8737', 'tls-alpn-01', ['rxacme/dev-ca: startDevCa']),
  ip: row('RFC 8738', 'IP addresses', ['toIdentifier']),
  star: row('RFC 8739', 'Short-term, automatically renewed certificates', ['autoRenewal']),
  emailReply: row('RFC 8823', 'email-reply-00', ['emailReplyChallenge']),
  delegation: row('RFC 9115', 'Delegated certificates', ['delegation']),
  subdomains: row('RFC 9444', 'Subdomains by authorization of an ancestor', ['ancestorDomain']),
  authorityToken: row('RFC 9447, RFC 9448', 'Authority tokens, TNAuthList', ['authorityToken']),
  renewalInfo: row('RFC 9773', 'Renewal information', ['getRenewalInfo', 'certificateId']),
  replaces: row('RFC 9773 §5', 'Orders that replace a certificate', ['newOrder']),
  onion: row('RFC 9799', 'onion-csr-01, CAA of onion services', ['onionCsr']),
  nodeId: row('RFC 9891', 'bp-nodeid-00', ['bpNodeId']),
  profiles: row('draft-ietf-acme-profiles', 'Certificate profiles', ['newOrder'], { draft: '01' }),
  dnsAccount01: row('draft-ietf-acme-dns-account-label', 'dns-account-01', ['dnsAccount01'], { draft: '03' }),
  dnsPersist01: row('draft-ietf-acme-dns-persist', 'dns-persist-01', ['dnsPersist01'], { draft: '02' }),
  deviceAttest: row('draft-ietf-acme-device-attest', 'device-attest-01', ['deviceAttest'], { draft: '09' }),
} as const satisfies Readonly<Record<string, Row>>;

export type RowId = keyof typeof rows;
