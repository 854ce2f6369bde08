/**
 * Known-good values of signing: from the RFCs and from other ACME implementations' tests, or computed from the RFCs'
 * published keys. All private keys here are published ones and protect nothing.
 */

const n1 =
  '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';

/** RFC 7520 §3.4: the account key of RFC 8555's examples. */
export const rfc7520RsaKey = {
  kty: 'RSA',
  n: 'n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw',
  e: 'AQAB',
  d: 'bWUC9B-EFRIo8kpGfh0ZuyGPvMNKvYWNtB_ikiH9k20eT-O1q_I78eiZkpXxXQ0UTEs2LsNRS-8uJbvQ-A1irkwMSMkK1J3XTGgdrhCku9gRldY7sNA_AKZGh-Q661_42rINLRCe8W-nZ34ui_qOfkLnK9QWDDqpaIsA-bMwWWSDFu2MUBYwkHTMEzLYGqOe04noqeq1hExBTHBOBdkMXiuFhUq1BU6l-DqEiWxqg82sXt2h-LMnT3046AOYJoRioz75tSUQfGCshWTBnP5uDjd18kKhyv07lhfSJdrPdM5Plyl21hsFf4L_mHCuoFau7gdsPfHPxxjVOcOpBrQzwQ',
  p: '3Slxg_DwTXJcb6095RoXygQCAZ5RnAvZlno1yhHtnUex_fp7AZ_9nRaO7HX_-SFfGQeutao2TDjDAWU4Vupk8rw9JR0AzZ0N2fvuIAmr_WCsmGpeNqQnev1T7IyEsnh8UMt-n5CafhkikzhEsrmndH6LxOrvRJlsPp6Zv8bUq0k',
  q: 'uKE2dh-cTf6ERF4k4e_jy78GfPYUIaUyoSSJuBzp3Cubk3OCqs6grT8bR_cu0Dm1MZwWmtdqDyI95HrUeq3MP15vMMON8lHTeZu2lmKvwqW7anV5UzhM1iZ7z4yMkuUwFWoBvyY898EXvRD-hdqRxHlSqAZ192zB3pVFJ0s7pFc',
  dp: 'B8PVvXkvJrj2L-GYQ7v3y9r6Kw5g9SahXBwsWUzp19TVlgI-YV85q1NIb1rxQtD-IsXXR3-TanevuRPRt5OBOdiMGQp8pbt26gljYfKU_E9xn-RULHz0-ed9E9gXLKD4VGngpz-PfQ_q29pk5xWHoJp009Qf1HvChixRX59ehik',
  dq: 'CLDmDGduhylc9o7r84rEUVn7pzQ6PF83Y-iBZx5NT-TpnOZKF1pErAMVeKzFEl41DlHHqqBLSM0W1sOFbwTxYWZDm6sI6og5iTbwQGIC3gnJKbi_7k_vJgGHwHxgPaX2PnvP-zyEkDERuf-ry4c_Z11Cq9AqC2yeL6kdKT1cYF8',
  qi: '3PiqvXQN0zwMeE-sBvZgi289XP9XCQF3VWqPzMKnIgQp7_Tugo6-NZBKCQsMf3HaEGBjTVJs_jcK8-TRXvaKe-7ZMaQj8VfBdYkssbu0NKDDhjJ-GtiseaDVWt7dcH0cfwxgFUHpQh7FoCrjFJ6h6ZEpMF6xmujs4qMpPz8aaI4',
} as const;

/** RFC 7515 appendix A.3, P-256. */
export const rfc7515EcKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
} as const;

/** RFC 8037 appendix A.1. */
export const rfc8037EdKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
} as const;

/** The key of the ACME client in golang.org/x/crypto's tests, P-256. */
export const goAcmeKey = {
  kty: 'EC',
  crv: 'P-256',
  x: '5lhEug5xK4xBDZ2nAbaxLtaLiv85bxJ7ePd1dkO23HQ',
  y: '4aiK72sBeUAGkv0TaLsmwokYUYyNxGsS5EMIKwsNIKk',
} as const;

/** A toy key of Boulder's tests. */
export const boulderKey = { kty: 'RSA', n: 'BNI', e: 'BNI' } as const;

/** RFC 7638: what stands where, the key, its thumbprint. */
export const thumbprints = [
  ['RFC 7638 §3.1', { kty: 'RSA', n: n1, e: 'AQAB' }, 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'],
  ['RFC 8037 A.3', rfc8037EdKey, 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'],
  ['RFC 7515 A.3', rfc7515EcKey, 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U'],
  [
    'RFC 7515 A.4',
    {
      kty: 'EC',
      crv: 'P-521',
      x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
      y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
    },
    'u5YUSjQ2-2chBi51NSk3t3g7IM4o2KYcnPqPtCNGd3U',
  ],
  ['RFC 8555 §8.3, the key of RFC 7520 §3.4', rfc7520RsaKey, '9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI'],
  ['golang.org/x/crypto', goAcmeKey, 'zedj-Bd1Zshp8KLePv2MB-lJ_Hagp7wAwdkA0NUTniU'],
  ['Boulder, n = e = 1234', boulderKey, 'sIMEyhkWCCSYqDqZqPM1bKkvb5T9jpBOb7_w5ZNorF4'],
  ['Boulder, n = e = 5678', { kty: 'RSA', n: 'Fi4', e: 'Fi4' }, 'FPoiyqWPod2T0fKqkPI1uXPYUsRK1DSyzsQsv0oMuGg'],
] as const;

/** RFC 8555 §8.3, §8.4: the key, the token, the key authorization, the TXT value of `dns-01`. */
export const keyAuthorizations = [
  {
    source: 'RFC 8555 §8.3; the digest as in Boulder',
    key: rfc7520RsaKey,
    token: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
    keyAuthorization: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI',
    digest: 'LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo',
    /** RFC 8737 §3: the whole extension of `tls-alpn-01`, DER. Computed; openssl writes the same. */
    acmeIdentifier:
      '303106082b0601050507011f0101ff042204202cfb08c13a3ba3c0681b4faf8c2c8640605649520fc48fa2fd7df7e9e50e419a',
  },
  {
    source: 'token of RFC 8555 §8.4',
    key: rfc7520RsaKey,
    token: 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA',
    keyAuthorization: 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI',
    digest: 'lCM7cZyQXcVHK2nnW3jjAhNT3Fvm18UN-kWZZknKoYM',
  },
  {
    source: 'token of RFC 8555 §7.1.4',
    key: rfc7520RsaKey,
    token: 'DGyRejmCefe7v4NfDGDKfA',
    keyAuthorization: 'DGyRejmCefe7v4NfDGDKfA.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI',
    digest: 'LErY_CSP4pbS2liuXH0HiklOVjPraZ0fkqzJ709dFUY',
  },
  {
    source: 'golang.org/x/crypto',
    key: goAcmeKey,
    token: 'xxx',
    keyAuthorization: 'xxx.zedj-Bd1Zshp8KLePv2MB-lJ_Hagp7wAwdkA0NUTniU',
    digest: '8DERMexQ5VcdJ_prpPiA0mVdp7imgbCgjsG4SqqNMIo',
  },
  {
    source: 'key of golang.org/x/crypto, token of RFC 8555 §8.4',
    key: goAcmeKey,
    token: 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA',
    keyAuthorization: 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.zedj-Bd1Zshp8KLePv2MB-lJ_Hagp7wAwdkA0NUTniU',
    digest: '271e7-e00G650dn1rLTHzaJ9Mg5LMDMvC2y0QXNK17A',
    /** The value of the extension alone, as in the tests of golang.org/x/crypto. */
    acmeIdentifierValue: '0420dbbd5eefe7b4d06eb9d1d9f5acb4c7cda27d320e4b30332f0b6cb441734ad7b0',
  },
  {
    source: 'Boulder; the digest computed',
    key: boulderKey,
    token: 'hi',
    keyAuthorization: 'hi.sIMEyhkWCCSYqDqZqPM1bKkvb5T9jpBOb7_w5ZNorF4',
    digest: undefined,
  },
] as const;

/** RFC 7515 appendix A.1: a MAC, of the same form as a signature. */
export const rfc7515Hs256 = {
  key: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  protected: 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9',
  payload: 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
  signature: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
} as const;

/** RFC 7515 appendix A.3. */
export const rfc7515Es256 = {
  protected: 'eyJhbGciOiJFUzI1NiJ9',
  payload: 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
  signature: 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
} as const;

/** RFC 8037 appendix A.4. */
export const rfc8037EdDsa = {
  input: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
  signature: 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
} as const;

/** Whole requests with the nonces and URLs of RFC 8555, computed with the key of RFC 8037: deterministic. */
export const signedRequests = {
  newAccount: {
    input: {
      url: 'https://example.com/acme/new-account',
      nonce: '6S8IqOGY7eL2lsGoTZYifg',
      payload: {
        termsOfServiceAgreed: true,
        contact: ['mailto:cert-admin@example.org', 'mailto:admin@example.org'],
      },
    },
    protected:
      'eyJhbGciOiJFZERTQSIsImp3ayI6eyJjcnYiOiJFZDI1NTE5Iiwia3R5IjoiT0tQIiwieCI6IjExcVlBWUt4Q3JmVlNfN1R5V1FIT2c3aGN2UGFwaU1scndJYWFQY0hVUm8ifSwibm9uY2UiOiI2UzhJcU9HWTdlTDJsc0dvVFpZaWZnIiwidXJsIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9hY21lL25ldy1hY2NvdW50In0',
    payload:
      'eyJ0ZXJtc09mU2VydmljZUFncmVlZCI6dHJ1ZSwiY29udGFjdCI6WyJtYWlsdG86Y2VydC1hZG1pbkBleGFtcGxlLm9yZyIsIm1haWx0bzphZG1pbkBleGFtcGxlLm9yZyJdfQ',
    signature: 'KOAzakZ6f4iamYO86TXjkYmML-brhXOT0NGfJ68Tr_yAd8DcgEoDYG8UMqzr8o6Z1ST1cTBw9YbhBWZyGBSgDQ',
  },
  postAsGet: {
    input: {
      url: 'https://example.com/acme/authz/PAniVnsZcis',
      nonce: 'uQpSjlRb4vQVCjVYAyyUWg',
      kid: 'https://example.com/acme/acct/evOfKhNU60wg',
      payload: '',
    },
    header:
      '{"alg":"EdDSA","kid":"https://example.com/acme/acct/evOfKhNU60wg","nonce":"uQpSjlRb4vQVCjVYAyyUWg","url":"https://example.com/acme/authz/PAniVnsZcis"}',
    payload: '',
    signature: 'iEmCF3FCbWDbSOYvshSokbPUAdstYKSShfAkRV_1vH3vCY8-WHI1cBJYE94fAFgyf6TAoaDhMSs0zp5TO1zZBA',
    /** The same under `RS256`, with the key of RFC 7520 §3.4. */
    rs256:
      'aMUZsK9z5hggdxfvzCoK0muOxL7UvjGUCa3Ouo7P0JcJTO_pJiXwQRmOiIhVMq_bEF9guaXMKn9mFZyofhCLaQXluU6dGtMKBLbXoBsT_FiLSh7tML16slqMcvoG3vTorIdz0vGsXa-j5BuU0F3Lp0bJjfYLLtR6q-4Elu9QZg6jQe_cbyNASYrxw4Rom_KWIafrKZ89EZT4qEcvqiOb-bFhmy3GlWSgswq35XaH7l0dL15y1DgDR6V8D7yxeeXAisbh2633gzWlebvU9Yj6BGw1pizLorw7t2szYAbTqEdosHd-5HIwBHFXL3WkAsQ21iWPaMHh73PeEGFO-W1f6A',
  },
  challengeResponse: {
    input: {
      url: 'https://example.com/acme/chall/prV_B7yEyA4',
      nonce: 'Q_s3MWoqT05TrdkM2MTDcw',
      kid: 'https://example.com/acme/acct/evOfKhNU60wg',
      payload: {},
    },
    header:
      '{"alg":"EdDSA","kid":"https://example.com/acme/acct/evOfKhNU60wg","nonce":"Q_s3MWoqT05TrdkM2MTDcw","url":"https://example.com/acme/chall/prV_B7yEyA4"}',
    payload: 'e30',
    signature: 'l97US-FUUJc5oxF883Hef8Jjg9PW_6vpfBuxOGlUjC26f93NXOR941Q6tUb0ODIHNAdEdecHn4IDac50gLWtDw',
  },
  newOrder: {
    input: {
      url: 'https://example.com/acme/new-order',
      nonce: '5XJ1L3lEkMG7tR6pA00clA',
      kid: 'https://example.com/acme/acct/evOfKhNU60wg',
      payload: {
        identifiers: [
          { type: 'dns', value: 'www.example.org' },
          { type: 'dns', value: 'example.org' },
        ],
        notBefore: '2016-01-01T00:04:00+04:00',
        notAfter: '2016-01-08T00:04:00+04:00',
      },
    },
    header:
      '{"alg":"EdDSA","kid":"https://example.com/acme/acct/evOfKhNU60wg","nonce":"5XJ1L3lEkMG7tR6pA00clA","url":"https://example.com/acme/new-order"}',
    signature: '5eIXM71NxBEJjXbrshCo6kqWTlTzm8XYKqolkE-LwywIcsk-gIDxRBva3BJjSQ6ZnuvFAtDH14m5X4XaeFUpDA',
  },
  /** The JWS inside a key change, by the new key: without a nonce. The old key is that of RFC 7515 A.3. */
  keyChange: {
    input: {
      url: 'https://example.com/acme/key-change',
      payload: {
        account: 'https://example.com/acme/acct/evOfKhNU60wg',
        oldKey: { crv: 'P-256', kty: 'EC', x: rfc7515EcKey.x, y: rfc7515EcKey.y },
      },
    },
    header:
      '{"alg":"EdDSA","jwk":{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},"url":"https://example.com/acme/key-change"}',
    signature: 'XP9ZJ9PNBf3hKtkrbhFsVyE2RmQSimykpEFFNSKwJ5krhADczuXQodxcuTe41iLy0TcqMBC83P2LYOFavq01Cw',
  },
} as const;
