/** Every decoder, header parser, PEM and DER reader, with what it reads. Shared by the specs and by `million.mjs`. */
import { Buffer } from 'node:buffer';
import { firstValueFrom, from, isObservable } from 'rxjs';
import { bytes, certificatePems, derOf, json, jsonObject, text } from './inputs.mjs';

const url = 'https://ca.test/order/1';
const problem = {
  type: 'urn:ietf:params:acme:error:compound',
  title: 'T',
  detail: 'D',
  status: 403,
  instance: 'https://ca.test/help',
  subproblems: [{ type: 'urn:ietf:params:acme:error:caa', detail: 'no', identifier: { type: 'dns', value: 'a.test' } }],
  algorithms: ['ES256'],
};
const challenges = [
  { type: 'http-01', url: 'https://ca.test/challenge/1', status: 'pending', token: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDf' },
  {
    type: 'dns-persist-01',
    url,
    status: 'valid',
    validated: '2026-11-21T17:00:00.5+01:00',
    'issuer-domain-names': ['ca.test'],
  },
  {
    type: 'onion-csr-01',
    url,
    status: 'pending',
    nonce: 'bI6/MRqV4gw=',
    authKey: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' },
  },
  { type: 'email-reply-00', url, status: 'pending', token: 'DGyRejmCefe7v4NfDGDKfA', from: 'acme@ca.test' },
  {
    type: 'tkauth-01',
    url,
    status: 'processing',
    'tkauth-type': 'atc',
    'token-authority': 'https://ta.test',
    token: 'IlirfxKKXAsHtmzK29Pj8A',
    error: problem,
  },
  { type: 'bp-nodeid-00', url, status: 'pending', 'id-chal': 'tPUZNY4ONIk6LxErRFEjVw', 'token-chal': 'LPsmlZlm' },
];
const identifiers = [
  { type: 'dns', value: 'a.test' },
  { type: 'ip', value: '2001:db8::1' },
];
const autoRenewal = {
  'start-date': '2026-01-01T00:00:00Z',
  'end-date': '2027-01-01T00:00:00Z',
  lifetime: 345600,
  'lifetime-adjust': 259200,
  'allow-certificate-get': true,
};
const messages = {
  account: [
    {
      status: 'valid',
      contact: ['mailto:a@a.test'],
      termsOfServiceAgreed: true,
      orders: 'https://ca.test/orders',
      createdAt: '2026-01-01T00:00:00Z',
      externalAccountBinding: { protected: 'x' },
    },
  ],
  authorization: [
    {
      identifier: identifiers[0],
      status: 'pending',
      expires: '2026-12-01T00:00:00Z',
      wildcard: true,
      challenges,
      subdomainAuthAllowed: true,
    },
  ],
  order: [
    {
      status: 'processing',
      expires: '2026-12-01T00:00:00Z',
      notBefore: '2026-11-01T00:00:00Z',
      identifiers,
      authorizations: ['https://ca.test/authorization/1'],
      finalize: 'https://ca.test/finalize/1',
      certificate: 'https://ca.test/certificate/1',
      error: problem,
      profile: 'short',
      replaces: 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
      'auto-renewal': autoRenewal,
    },
  ],
  directory: [
    {
      newNonce: 'https://ca.test/n',
      newAccount: 'https://ca.test/a',
      newOrder: 'https://ca.test/o',
      newAuthz: 'https://ca.test/z',
      revokeCert: 'https://ca.test/r',
      keyChange: 'https://ca.test/k',
      renewalInfo: 'https://ca.test/i',
      meta: {
        termsOfService: 'https://ca.test/t',
        website: 'https://ca.test',
        caaIdentities: ['ca.test'],
        externalAccountRequired: true,
        profiles: { a: 'b' },
        'auto-renewal': { 'min-lifetime': 86400, 'max-duration': 1 },
        'delegation-enabled': true,
      },
    },
  ],
  renewalInfo: [
    {
      suggestedWindow: { start: '2026-01-02T04:00:00Z', end: '2026-01-03T04:00:00Z' },
      explanationURL: 'https://ca.test/why',
    },
  ],
  renewalTime: [
    {
      at: '2026-01-02T04:00:00Z',
      reason: 'window',
      window: { startAt: '2026-01-02T04:00:00Z', endAt: '2026-01-03T04:00:00Z' },
      nextCheckAt: '2026-01-02T00:00:00Z',
    },
  ],
  delegation: [
    {
      'csr-template': {
        keyTypes: [{ PublicKeyType: 'id-ecPublicKey', namedCurve: 'secp256r1', SignatureType: 'ecdsa-with-SHA256' }],
        subject: {},
        extensions: { subjectAltName: { DNS: ['a.test'] }, keyUsage: ['digitalSignature'] },
      },
      'cname-map': { 'a.test.': 'b.test.' },
    },
  ],
};

const misuse = ['TypeError'];
const server = ['AcmeProtocolError'];
const own = ['AcmeInputError'];
/** Readers of what another reader has passed on: all that they may do is to refuse the certificate. */
const inCertificates = ['AcmeProtocolError', 'AcmeInputError', 'Error', 'TypeError'];

const target = (name, path, input, run, refusals, weight = 10) => ({ name, path, input, run, refusals, weight });
const received = (raw) => ({ url, links: [], raw });

const decoder = (name, file, message) =>
  target(name, `codec/${file}`, json(message), (module, raw) => module[name](received(raw)), server, 20);
const reader = (name, file, message) =>
  target(name, `codec/${file}`, jsonObject(message), (module, raw) => module[name]({ raw }), server);
const challengeReader = (name, file, index) =>
  target(
    name,
    `codec/${file}`,
    jsonObject([challenges[index]]),
    (module, raw) => module[name]({ type: challenges[index].type, url, raw }),
    server,
  );
const parser = (name, file, corpus, refusals = [], ...more) =>
  target(name, `codec/${file}`, text(corpus), (module, value) => module[name](value, ...more), refusals, 20);

const nowMs = Date.UTC(2026, 10, 21);
const chainPem = certificatePems.slice(0, 2).join('');
const keyPem = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3pmwk9+DdV95P8zz
GvLz2qR3w4TvNdv7dyI4mYE0HKehRANCAAT+PeEccMg10WQaw48qt1Y8Af+i8zoR
dAfbqGA6ljFU3b3GCxP1p2bbj8dzDpN/v87bK0U4ab+Da7Xm1MVGuZDU
-----END PRIVATE KEY-----
`;
const csrPem = `-----BEGIN CERTIFICATE REQUEST-----
MIIBDjCBtQIBADAAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/j3hHHDINdFk
GsOPKrdWPAH/ovM6EXQH26hgOpYxVN29xgsT9adm24/Hcw6Tf7/O2ytFOGm/g2u1
5tTFRrmQ1KBTMFEGCSqGSIb3DQEJDjFEMEIwLQYDVR0RBCYwJIIGYS50ZXN0gggq
LmEudGVzdIcQIAENuAAAAAAAAAAAAAAAATARBggrBgEFBQcBGAQFMAMCAQUwCgYI
KoZIzj0EAwIDSAAwRQIhALrxccSmg97/IWBAPgU5crrOITRDt8dCeJyKfceQJBlc
AiBIM5orZyPpTjMni10BbxuEULpe8tCphz7DJ8wHbEhmUg==
-----END CERTIFICATE REQUEST-----
`;
const proofPem = `-----BEGIN CERTIFICATE-----
MIIBZDCCAQmgAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAt0bHMtYWxw
bi0wMTAeFw0yNjExMjIwMDEzMjBaFw0yNjExMjMwMDEzMjBaMBYxFDASBgNVBAMM
C3Rscy1hbHBuLTAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/j3hHHDINdFk
GsOPKrdWPAH/ovM6EXQH26hgOpYxVN29xgsT9adm24/Hcw6Tf7/O2ytFOGm/g2u1
5tTFRrmQ1KNIMEYwEQYDVR0RBAowCIIGYS50ZXN0MDEGCCsGAQUFBwEfAQH/BCIE
ICzyTbpfsKMOJug7KsW54p4bFh5cH6dCXnMEM2KTi5gkMAoGCCqGSM49BAMCA0kA
MEYCIQDaHL9lJF6IEWBXIz0/57hPOmM+4pTJ5XpdwnjMgHqjrQIhAKPD3pIBs7VV
izkHTABTE46NRpCC3eqkG0ZoXe93wMXv
-----END CERTIFICATE-----
`;
const spki = derOf(
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/j3hHHDINdFkGsOPKrdWPAH/ovM6EXQH26hgOpYxVN29xgsT9adm24/Hcw6Tf7/O2ytFOGm/g2u15tTFRrmQ1A==',
);
const jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: '_j3hHHDINdFkGsOPKrdWPAH_ovM6EXQH26hgOpYxVN0',
  y: 'vcYLE_WnZtuPx3MOk3-_ztsrRThpv4NrtebUxUa5kNQ',
};
/** The beginning of a TLS connection for `acme-tls/1`, base64. */
const clientHello =
  'FgMBAFsBAABXAwMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAhMBAQAALAAAAAsACQAABmEudGVzdAAQAA0ACwphY21lLXRscy8xAAoABAACABcAKwADAgME';
const derCorpus = [...certificatePems.map(derOf), derOf(proofPem)];
const utf8 = (value) => new Uint8Array(Buffer.from(value));

export const targets = [
  decoder('decodeAccount', 'decode-account', messages.account),
  decoder('decodeAuthorization', 'decode-authorization', messages.authorization),
  decoder('decodeOrder', 'decode-order', messages.order),
  decoder('decodeDirectory', 'decode-directory', messages.directory),
  decoder('decodeRenewalInfo', 'decode-renewal-info', messages.renewalInfo),
  decoder('decodeDelegation', 'decode-delegation', messages.delegation),
  decoder('decodeChallenge', 'decode-challenge', challenges),
  target(
    'decodeProblem',
    'codec/decode-problem',
    json([problem]),
    ({ decodeProblem }, raw) => decodeProblem(raw),
    [],
    20,
  ),
  target(
    'identifierOf',
    'codec/decode-identifier',
    json(identifiers),
    ({ identifierOf }, raw) => identifierOf(raw),
    [],
  ),
  target(
    'subproblems',
    'codec/subproblems',
    json([problem]),
    ({ problemFor, subproblemFor }, raw, { decodeProblem }) => {
      const decoded = decodeProblem(raw);
      return decoded && [subproblemFor(decoded, 'a.test'), problemFor(decoded, { type: 'ip', value: '::1' })];
    },
    [],
  ),
  reader('readAutoRenewal', 'decode-auto-renewal', messages.order),
  reader('allowsCertificateGet', 'decode-auto-renewal', messages.order),
  reader('readDirectoryExtensions', 'directory-extensions', messages.directory),
  reader('readDnsPersistOffer', 'dns-persist-offer', messages.directory),
  challengeReader('dnsPersistChallenge', 'dns-persist-challenge', 1),
  challengeReader('onionCsrChallenge', 'onion-csr-challenge', 2),
  challengeReader('emailReplyChallenge', 'email-reply-challenge', 3),
  challengeReader('authorityTokenChallenge', 'authority-token-challenge', 4),
  challengeReader('bundleNodeChallenge', 'bundle-node-challenge', 5),
  target(
    'reviveRenewalTime',
    'codec/revive-renewal-time',
    json(messages.renewalTime),
    ({ reviveRenewalTime }, raw) => reviveRenewalTime(raw),
    [],
  ),
  target(
    'parseJson',
    'codec/json',
    (random) => utf8(text([JSON.stringify(messages.order[0]), '['.repeat(70), '"\\ud800"', '{"a":1e999}'])(random)),
    ({ parseJson }, body) => parseJson(body, 'order'),
    server,
    20,
  ),
  target(
    'decodeUtf8',
    'codec/utf8',
    bytes([utf8('a\u00df\u20ac\u{1f600}')]),
    ({ decodeUtf8 }, body) => decodeUtf8(body),
    server,
  ),
  parser(
    'parseLinkHeader',
    'link-header',
    [
      '<https://ca.test/d>;rel="index", <data:text/plain,a,b>; rel="terms-of-service up"; title*=UTF-8\'\'x',
      '</a>;rel=alternate;anchor="#x", <>; rel=""',
    ],
    [],
    url,
  ),
  parser('parseRetryAfterMs', 'retry-after', ['120', 'Sat, 21 Nov 2026 00:00:00 GMT', '-1', '1.5', '0x10'], [], nowMs),
  parser(
    'parseHttpDate',
    'http-date',
    ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'],
    [],
    nowMs,
  ),
  parser('parseRfc3339', 'rfc3339', ['2026-11-21T17:00:00Z', '1985-04-12t23:20:50.52+23:59', '1990-12-31T23:59:60Z']),
  parser('mediaType', 'media-type', ['application/problem+json; charset=utf-8', 'TEXT/HTML ; a="b;c"']),
  parser('decodeBase64url', 'base64url', ['bI6_MRqV4gw', 'AA', '_-8'], misuse),
  parser('decodeBase64', 'base64', ['bI6/MRqV4gw=', 'AA==', 'AAAA'], misuse),
  parser('decodeBase32', 'base32', ['mzxw6ytb', 'my', 'aaaaaaaa'], misuse),
  parser(
    'toIdentifier',
    'identifier',
    ['a.test', '*.B\u00fccher.test', '2001:DB8::1', '192.0.2.1', 'xn--bcher-kva.test'],
    misuse,
  ),
  parser('toHostName', 'host-name', ['a.test', 'B\u00fccher.Test.', '1.2.3.4'], misuse),
  parser('canonicalIpAddress', 'ip-address', ['2001:DB8::1', '::ffff:192.0.2.1', '[::1]', '1.2.3.4', 'fe80::1%eth0']),
  parser('ipOctets', 'ip-octets', ['2001:db8::1', '192.0.2.1', '::'], misuse),
  parser('reverseName', 'reverse-name', ['2001:db8::1', '192.0.2.1'], misuse),
  target(
    'ipText',
    'codec/ip-octets',
    bytes([Uint8Array.of(1, 2, 3, 4), new Uint8Array(16)]),
    ({ ipText }, octets) => ipText(octets),
    ['Error'],
  ),
  parser(
    'parseIssueValue',
    'issue-value',
    ['ca.test; accounturi=https://ca.test/1; validationmethods=dns-01', ';', 'ca.test'],
    misuse,
  ),
  parser(
    'parseCaaRecord',
    'caa-record',
    ['0 issue "ca.test; accounturi=https://ca.test/1"', '128 issuewild ";"'],
    misuse,
  ),
  parser(
    'parseDnsPersistValue',
    'dns-persist-record',
    ['ca.test; accounturi=https://ca.test/1; policy=wildcard; persistUntil=1767225600'],
    misuse,
  ),
  parser('tokenPart1', 'acme-subject', ['ACME: LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6vBdyZ1TG3sME=', 'Re: ACME: x'], own),
  parser('onionPublicKey', 'onion-name', ['bbcweb3hytmzhn5d532owbu6oqadra5z3ar726vq5kgwwn6aucdccrad.onion'], misuse),
  parser('parseUrl', 'url', ['https://ca.test/x?a=b#c', 'data:text/plain,x', '//a'], [], url),
  parser('isAbsoluteUrl', 'url', ['https://ca.test/x', 'urn:a:b', '/x']),
  parser('resolveUrl', 'url', ['../x', 'https://ca.test/x', '?a'], [], url),
  target(
    'certificateId',
    'codec/certificate-id',
    json([{ authorityKeyIdentifier: '69885b6b87464041e1b37b847ba0ae2cde01c8d4', serialNumber: '0087654321' }]).bind(
      null,
    ),
    ({ certificateId }, value) =>
      certificateId({
        authorityKeyIdentifier: String(value?.authorityKeyIdentifier),
        serialNumber: String(value?.serialNumber),
      }),
    misuse,
  ),
  target(
    'parsePemChain',
    'codec/pem',
    text([chainPem, chainPem.replaceAll('\n', '\r\n'), keyPem]),
    ({ parsePemChain }, value) => parsePemChain(value),
    server,
    20,
  ),
  target(
    'decodePem',
    'codec/pem',
    text([csrPem, keyPem, chainPem]),
    ({ decodePem }, value) => decodePem(value, ['CERTIFICATE REQUEST', 'PRIVATE KEY']),
    misuse,
    20,
  ),
  target('looksLikeDer', 'x509/public-key', bytes(derCorpus), ({ looksLikeDer }, der) => looksLikeDer(der), [], 5),
  target(
    'publicKeyAlgorithm',
    'x509/key-algorithm',
    bytes([spki, ...derCorpus]),
    ({ publicKeyAlgorithm }, der) => publicKeyAlgorithm(der),
    inCertificates,
    5,
  ),
  target(
    'privateKeyAlgorithm',
    'x509/key-algorithm',
    bytes([derOf(keyPem)]),
    ({ privateKeyAlgorithm }, der) => privateKeyAlgorithm(der),
    inCertificates,
    5,
  ),
  target(
    'rsaModulusBits',
    'x509/key-size',
    bytes(derCorpus),
    ({ rsaModulusBits }, der) => rsaModulusBits(der),
    inCertificates,
    5,
  ),
  target('isSameKey', 'x509/public-key', bytes([spki]), ({ isSameKey }, der) => isSameKey(der, jwk), [], 5),
  target(
    'readCertificate',
    'x509/certificate-details',
    bytes(derCorpus),
    ({ readCertificate }, der) => readCertificate(der),
    inCertificates,
    4,
  ),
  target('readChain', 'x509/read-chain', bytes(derCorpus), ({ readChain }, der) => readChain([der]), server, 2),
  target(
    'readProofCertificate',
    'x509/proof-certificate',
    bytes([derOf(proofPem), ...derCorpus.slice(0, 3)]),
    ({ readProofCertificate }, der) => readProofCertificate(der),
    inCertificates,
    4,
  ),
  target(
    'certificateReader.readRequest',
    'x509/default-x509',
    bytes([derOf(csrPem), derCorpus[0]]),
    ({ certificateReader }, der) => certificateReader.readRequest(der),
    own,
    3,
  ),
  target(
    'certificateReader.readRequest of PEM',
    'x509/default-x509',
    text([csrPem]),
    ({ certificateReader }, pem) => certificateReader.readRequest(pem),
    own,
    2,
  ),
  target(
    'certificateReader.readChain',
    'x509/default-x509',
    (random) => utf8(text([certificatePems[0], chainPem])(random)),
    ({ certificateReader }, pem) => certificateReader.readChain(pem),
    server,
    2,
  ),
  target(
    'importCertificateKey',
    'x509/certificate-key',
    text([keyPem]),
    ({ importCertificateKey }, pem) => importCertificateKey(pem),
    own,
    1,
  ),
  target(
    'isEcdsaSignature',
    'x509/ecdsa-signature',
    bytes([Uint8Array.of(0x30, 8, 2, 2, 0, 0x80, 2, 2, 1, 1), Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1)]),
    ({ isEcdsaSignature }, signature) => isEcdsaSignature(signature, 'P-256'),
    inCertificates,
    5,
  ),
  target(
    'decodeCertificate',
    'resources/decode-certificate',
    json([
      { url, chainPem: certificatePems[0], alternates: [url], links: [{ url, relations: ['up'] }], retryAfterMs: 1 },
    ]),
    ({ decodeCertificate }, stored) => decodeCertificate(stored),
    server,
    2,
  ),
  target('importSigner', 'signing/signer', text([keyPem]), ({ importSigner }, pem) => importSigner(pem), own, 1),
  target(
    'importSigner of a JWK',
    'signing/signer',
    jsonObject([{ ...jwk, d: '3pmwk9-DdV95P8zzGvLz2qR3w4TvNdv7dyI4mYE0HKc' }]),
    ({ importSigner }, key) => importSigner(key),
    own,
    1,
  ),
  target(
    'readClientHello',
    'node/tls-alpn01-client-hello',
    (random) => Buffer.from(bytes([derOf(clientHello)])(random)),
    ({ readClientHello }, hello) => readClientHello(hello),
    [],
  ),
  target(
    'decodeJournalEntry',
    'solvers/journal/journal-entry',
    text([
      JSON.stringify({
        version: 1,
        type: 'order',
        id: url,
        at: '2026-01-01T00:00:00Z',
        orderUrl: url,
        accountUrl: url,
        identifiers,
      }),
    ]),
    ({ decodeJournalEntry }, value) => decodeJournalEntry(value),
    own,
  ),
];

/** What the engine says of a mistake in the code, as opposed to what the library says of an input. */
const ofEngine =
  /^Cannot |is not a function|is not iterable|is not a constructor|^Invalid (array|string|date|time|typed|left|count)|^Maximum call|^Reduce of|^Class |out of range|^undefined|^null/;

const classOf = (error) => error?.constructor?.name ?? typeof error;

/** Runs one input: `read`, or the class of the error that refused it. Throws on anything that must not be. */
export async function outcomeOf({ name, run, refusals }, modules, input) {
  try {
    const made = run(modules.own, input, modules.shared);
    const value = await (isObservable(made) ? firstValueFrom(from(made)) : made);
    JSON.stringify(value);
    if ({}.polluted !== undefined || {}.status !== undefined || {}.type !== undefined)
      throw new RangeError('Object.prototype is polluted');
    return 'read';
  } catch (error) {
    const found = classOf(error);
    if (refusals.includes(found) && !ofEngine.test(error.message)) return found;
    throw new Error(`${name}: ${found}: ${error?.message}`, { cause: error });
  }
}
