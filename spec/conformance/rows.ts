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
    'onlyOrigins',
    'rxacme/node: nodeTransport',
    'rxacme/browser: relayTransport',
    'rxacme/angular: provideAcme',
  ]),
  signedRequests: row('RFC 8555 §6.2, §6.4', 'Signed requests: flattened JWS, jwk or kid, the very URL', [
    'signedRequest',
    'signedPost',
  ]),
  postAsGet: row('RFC 8555 §6.3', 'POST-as-GET; GET only where it is meant', ['postAsGet', 'unsignedGet']),
  nonces: row('RFC 8555 §6.5, §7.2', 'Nonces from every answer; badNonce with the nonce of that answer', ['withNonce']),
  rateLimits: row('RFC 8555 §6.6', 'Rate limits, Retry-After in both forms; staying below them', [
    'AcmeRateLimitedError',
    'retryWhenAllowed',
    'retryWithBackoff',
    'watchRequestGate',
    'limitRequests',
    'requestLimits',
  ]),
  problems: row('RFC 8555 §6.7', 'Problem documents, subproblems by identifier', [
    'AcmeProblemError',
    'isAcmeError',
    'describeProblem',
    'problemTypes',
    'problemType',
    'problemCode',
    'isProblemType',
    'problemFor',
    'subproblemFor',
    'problemDocument',
    'decodeProblem',
  ]),
  directory: row('RFC 8555 §7.1.1', 'Directory', [
    'getDirectory',
    'decodeDirectory',
    'directories',
    'publicAuthorities',
  ]),
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
  preAuthorization: row('RFC 8555 §7.4.1', 'Pre-authorization', ['newAuthorization', 'authorizeIdentifier']),
  certificate: row('RFC 8555 §7.4.2', 'Certificate download, checked chain, alternates, issuers one by one', [
    'getCertificate',
    'getAlternateCertificates',
    'issuedBy',
    'rootedIn',
    'shortestChain',
    'getIssuerCertificates',
    'getFullChain',
    'certificateFingerprint',
    'decodeCertificate',
  ]),
  authorization: row('RFC 8555 §7.5', 'Authorizations', ['getAuthorization', 'pollAuthorization']),
  challenge: row('RFC 8555 §7.5.1', 'Responding to challenges', ['respondToChallenge']),
  deactivateAuthorization: row('RFC 8555 §7.5.2', 'Authorization deactivation', [
    'deactivateAuthorization',
    'deactivateOnFailure',
  ]),
  revocation: row('RFC 8555 §7.6', 'Revocation by account or certificate key', [
    'revokeCertificate',
    'revocationReasons',
  ]),
  keyAuthorization: row('RFC 8555 §8.1', 'Key authorization', [
    'keyAuthorization',
    'keyAuthorizationDigest',
    'jwkThumbprint',
    'challengeTask',
  ]),
  http01: row('RFC 8555 §8.3', 'http-01: listener, handler, files, callbacks, stateless, by hand; self-checks', [
    'http01',
    'httpResource',
    'manual',
    'withSelfCheck',
    'rxacme/node: http01Server',
    'rxacme/node: http01Handler',
    'rxacme/node: http01Files',
    'rxacme/node: http01Stateless',
    'rxacme/node: http01Check',
  ]),
  dns01: row('RFC 8555 §8.4', 'dns-01, propagation checks', [
    'dns01',
    'txtRecord',
    'txtPublisher',
    'dnsOverHttps',
    'rxacme/node: authoritativeServers',
  ]),
  dnsUpdate: row('RFC 2136, RFC 8945', 'dns-01 by signed dynamic updates', ['rxacme/node: rfc2136']),
  openTypes: row('RFC 8555 §9.7', 'Unknown identifier types, challenge types and members', [
    'toIdentifier',
    'decodeChallenge',
    'acmeSession',
  ]),
  accountKeys: row('RFC 7518 §3.1, RFC 8037', 'Account keys: ES256, ES384, ES512, RS256, EdDSA', [
    'generateSigner',
    'importSigner',
    'cryptoKeySigner',
    'rxacme/node: toPkcs8Pem',
  ]),
  certificateKeys: row('RFC 5480, RFC 4055, RFC 8410', 'Certificate keys: P-256, P-384, RSA, Ed25519', [
    'generateCertificateKey',
    'importCertificateKey',
    'rxacme/node: toPkcs8Pem',
  ]),
  certificateRequest: row('RFC 2986', 'Certificate requests', ['buildCertificateRequest', 'certificateReader']),
  mustStaple: row('RFC 7633', 'Must-staple', ['buildCertificateRequest', 'obtainCertificate']),
  caa: row('RFC 8657', 'CAA records with accounturi and validationmethods', ['caaRecord', 'parseCaaRecord']),
  tlsAlpn01: row('RFC 8737', 'tls-alpn-01: listener, running server, files, callbacks; self-checks', [
    'tlsAlpn01',
    'buildTlsAlpnCertificate',
    'verifyTlsAlpnCertificate',
    'rxacme/node: tlsAlpn01Server',
    'rxacme/node: tlsAlpn01Hook',
    'rxacme/node: tlsAlpn01Files',
    'rxacme/node: tlsAlpn01Check',
    'rxacme/dev-ca: startDevCa',
  ]),
  ip: row('RFC 8738', 'IP addresses', ['toIdentifier', 'tlsAlpnServerName']),
  star: row('RFC 8739', 'Short-term, automatically renewed certificates', [
    'autoRenewal',
    'readAutoRenewal',
    'followCertificate',
    'cancelAutoRenewal',
  ]),
  emailReply: row('RFC 8823', 'email-reply-00', ['emailReply00', 'emailReply', 'emailIdentifier'], {
    without: 'sending, receiving and checking of mails: they are callbacks',
  }),
  delegation: row('RFC 9115', 'Delegated certificates', [
    'listDelegations',
    'getDelegation',
    'delegation',
    'allowCertificateGet',
    'buildDelegatedRequest',
    'checkDelegatedRequest',
  ]),
  subdomains: row('RFC 9444', 'Subdomains by authorization of an ancestor', ['ancestorDomain', 'newAuthorization']),
  authorityToken: row('RFC 9447, RFC 9448', 'Authority tokens, TNAuthList', ['tkauth01', 'tnAuthListIdentifier'], {
    without: 'asking a token authority: it is a callback',
  }),
  renewalInfo: row('RFC 9773', 'Renewal information', ['getRenewalInfo', 'renewalTime', 'whenDue', 'certificateId']),
  replaces: row('RFC 9773 §5', 'Orders that replace a certificate', ['newOrder', 'renewCertificate']),
  onion: row('RFC 9799', 'onion-csr-01, CAA of onion services', ['onionCsr01', 'buildOnionRequest', 'onionCaa'], {
    without: 'the checksum in a name, which is SHA-3: the key is compared instead',
  }),
  nodeId: row('RFC 9891', 'bp-nodeid-00', ['bpNodeId00', 'bundleEidIdentifier'], {
    without: 'the bundles: they are the business of the node’s agent',
  }),
  profiles: row('draft-ietf-acme-profiles', 'Certificate profiles', ['newOrder'], { draft: '01' }),
  dnsAccount01: row('draft-ietf-acme-dns-account-label', 'dns-account-01', ['dnsAccount01', 'dnsAccountLabel'], {
    draft: '03',
  }),
  dnsPersist01: row(
    'draft-ietf-acme-dns-persist',
    'dns-persist-01',
    ['dnsPersist01', 'dnsPersistRecords', 'dnsPersistAccountUri'],
    {
      draft: '02',
    },
  ),
  deviceAttest: row(
    'draft-ietf-acme-device-attest',
    'device-attest-01',
    ['deviceAttest01', 'permanentIdentifier', 'hardwareModuleIdentifier'],
    {
      draft: '09',
      without: 'making of attestation objects: it is a callback',
    },
  ),
} as const satisfies Readonly<Record<string, Row>>;

export type RowId = keyof typeof rows;
