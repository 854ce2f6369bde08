/** Bodies as servers send them, for the decoders. The name of each says where its form comes from. */
export const directories = {
  'RFC 8555 §7.1.1': {
    newNonce: 'https://example.com/acme/new-nonce',
    newAccount: 'https://example.com/acme/new-account',
    newOrder: 'https://example.com/acme/new-order',
    newAuthz: 'https://example.com/acme/new-authz',
    revokeCert: 'https://example.com/acme/revoke-cert',
    keyChange: 'https://example.com/acme/key-change',
    meta: {
      termsOfService: 'https://example.com/acme/terms/2017-5-30',
      website: 'https://www.example.com/',
      caaIdentities: ['example.com'],
      externalAccountRequired: false,
    },
  },
  Pebble: {
    keyChange: 'https://127.0.0.1:14000/rollover-account-key',
    meta: {
      externalAccountRequired: false,
      profiles: { default: 'The profile you know and love', shortlived: 'A short-lived cert profile' },
      termsOfService: 'data:text/plain,Do%20what%20thou%20wilt',
    },
    newAccount: 'https://127.0.0.1:14000/sign-me-up',
    newNonce: 'https://127.0.0.1:14000/nonce-plz',
    newOrder: 'https://127.0.0.1:14000/order-plz',
    renewalInfo: 'https://127.0.0.1:14000/draft-ietf-acme-ari-03/renewalInfo',
    revokeCert: 'https://127.0.0.1:14000/revoke-cert',
  },
  'Boulder, with its random entry': {
    TjyzBbqNgKM: 'https://community.example/t/adding-random-entries-to-the-directory/33417',
    newAccount: 'https://ca.example/acme/new-acct',
    newNonce: 'https://ca.example/acme/new-nonce',
    newOrder: 'https://ca.example/acme/new-order',
    meta: { caaIdentities: ['ca.example'], website: 'https://ca.example' },
  },
  'step-ca, without meta': {
    newNonce: 'https://ca.internal/acme/acme/new-nonce',
    newAccount: 'https://ca.internal/acme/acme/new-account',
    newOrder: 'https://ca.internal/acme/acme/new-order',
    revokeCert: 'https://ca.internal/acme/acme/revoke-cert',
    keyChange: 'https://ca.internal/acme/acme/key-change',
  },
};

export const accounts = {
  'RFC 8555 §7.1.2': {
    status: 'valid',
    contact: ['mailto:cert-admin@example.org', 'mailto:admin@example.org'],
    termsOfServiceAgreed: true,
    orders: 'https://example.com/acme/orders/rzGoeA',
  },
  'Boulder, which keeps no contacts and no orders': {
    key: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
    createdAt: '2026-11-21T17:00:00Z',
    status: 'valid',
  },
};

export const orders = {
  'RFC 8555 §7.1.3': {
    status: 'valid',
    expires: '2016-01-20T14:09:07.99Z',
    identifiers: [
      { type: 'dns', value: 'www.example.org' },
      { type: 'dns', value: 'example.org' },
    ],
    notBefore: '2016-01-01T00:04:00+04:00',
    notAfter: '2016-01-08T00:04:00+04:00',
    authorizations: ['https://example.com/acme/authz/PAniVnsZcis', 'https://example.com/acme/authz/r4HqLzrSrpI'],
    finalize: 'https://example.com/acme/order/TOlocE8rfgo/finalize',
    certificate: 'https://example.com/acme/cert/mAt3xBGaobw',
  },
  'Pebble, ready, with a profile': {
    status: 'ready',
    expires: '2026-11-22T17:00:00Z',
    profile: 'default',
    identifiers: [{ type: 'ip', value: '127.0.0.1' }],
    authorizations: ['https://127.0.0.1:14000/authZ/1'],
    finalize: 'https://127.0.0.1:14000/finalize-order/1',
  },
};

export const authorizations = {
  'RFC 8555 §7.1.4': {
    status: 'valid',
    expires: '2015-03-01T14:09:07.99Z',
    identifier: { type: 'dns', value: 'www.example.org' },
    challenges: [
      {
        url: 'https://example.com/acme/chall/prV_B7yEyA4',
        type: 'http-01',
        status: 'valid',
        token: 'DGyRejmCefe7v4NfDGDKfA',
        validated: '2014-12-01T12:05:58.16Z',
      },
    ],
    wildcard: false,
  },
  'a challenge without a token among others': {
    status: 'pending',
    identifier: { type: 'dns', value: 'example.org' },
    wildcard: true,
    challenges: [
      {
        type: 'dns-01',
        url: 'https://ca.example/c/1',
        status: 'pending',
        token: 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA',
      },
      {
        type: 'dns-persist-01',
        url: 'https://ca.example/c/2',
        status: 'pending',
        'issuer-domain-names': ['ca.example'],
      },
      { type: 'of-tomorrow-01', url: 'https://ca.example/c/3' },
    ],
  },
};

export const challenges = {
  'RFC 8555 §8.3': {
    type: 'http-01',
    url: 'https://example.com/acme/chall/prV_B7yEyA4',
    status: 'pending',
    token: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
  },
  'RFC 8555 erratum 5732: an error while it goes on trying': {
    type: 'dns-01',
    url: 'https://example.com/acme/chall/Rg5dV14Gh1Q',
    status: 'processing',
    token: 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA',
    error: { type: 'urn:ietf:params:acme:error:dns', detail: 'no TXT record' },
  },
  'step-ca: still pending, with an error': {
    type: 'http-01',
    url: 'https://ca.internal/acme/acme/challenge/a/b',
    status: 'pending',
    token: 'abc-_9',
    error: { type: 'urn:ietf:params:acme:error:connection', detail: 'connection refused' },
  },
};

export const problems = {
  'RFC 8555 §6.7.1': {
    type: 'urn:ietf:params:acme:error:malformed',
    detail: 'Some of the identifiers requested were rejected',
    subproblems: [
      {
        type: 'urn:ietf:params:acme:error:malformed',
        detail: 'Invalid underscore in DNS name "_example.org"',
        identifier: { type: 'dns', value: '_example.org' },
      },
      {
        type: 'urn:ietf:params:acme:error:rejectedIdentifier',
        detail: 'This CA will not issue for "example.net"',
        identifier: { type: 'dns', value: 'example.net' },
      },
    ],
  },
  'RFC 8555 §7.3.3': {
    type: 'urn:ietf:params:acme:error:userActionRequired',
    detail: 'Terms of service have changed',
    instance: 'https://example.com/acme/agreement/?token=W8Ih3PswD-8',
  },
};
