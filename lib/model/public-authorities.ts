import { directories } from './directories.js';

/** A public certification authority and what has to be known of it before the first request. */
export interface PublicAuthority {
  /** As it calls itself, for a person. */
  readonly name: string;
  /** Where certificates are issued that browsers trust. */
  readonly directoryUrls: readonly string[];
  /** Where the same can be tried out. */
  readonly stagingUrls: readonly string[];
  /** Whether accounts must be bound to an external one, whatever the directory says. */
  readonly externalAccountRequired: boolean;
  /** What else is peculiar to it. */
  readonly notes: readonly string[];
}

/** The authorities behind {@link directories}, as of November 2026. */
export const publicAuthorities: readonly PublicAuthority[] = [
  {
    name: "Let's Encrypt",
    directoryUrls: [directories.letsEncrypt],
    stagingUrls: [directories.letsEncryptStaging],
    externalAccountRequired: false,
    notes: [
      'keeps no contacts and no lists of orders',
      'refuses notBefore and notAfter',
      'IP addresses need the profile shortlived',
      'account keys: RSA of 2048, 3072 or 4096 bits, P-256, P-384',
    ],
  },
  {
    name: 'Google Trust Services',
    directoryUrls: [directories.google],
    stagingUrls: [directories.googleStaging],
    externalAccountRequired: true,
    notes: [
      'takes the MAC HS256 only; a pair of key and identifier is good once and for 7 days',
      'the staging environment has pairs of its own',
      'cannot be asked by a page in a browser',
    ],
  },
  {
    name: 'ZeroSSL',
    directoryUrls: [directories.zeroSsl],
    stagingUrls: [],
    externalAccountRequired: true,
    notes: ['no key change, no lists of orders', 'orders may be processed for hours'],
  },
  {
    name: 'SSL.com',
    directoryUrls: [directories.sslComEcc, directories.sslComRsa],
    stagingUrls: [directories.sslComEccStaging, directories.sslComRsaStaging],
    externalAccountRequired: true,
    notes: [
      'its directory says that no external account is required',
      'the account needs a contact',
      'one name, with and without www',
    ],
  },
  {
    name: 'Sectigo',
    directoryUrls: [directories.sectigoDv, directories.sectigoOv, directories.sectigoEv],
    stagingUrls: [],
    externalAccountRequired: true,
    notes: [],
  },
  {
    name: 'Actalis',
    directoryUrls: [directories.actalis],
    stagingUrls: [],
    externalAccountRequired: true,
    notes: ['one name, with and without www', 'a failed challenge stays in processing'],
  },
  {
    name: 'DigiCert',
    directoryUrls: [directories.digiCert],
    stagingUrls: [],
    externalAccountRequired: true,
    notes: [],
  },
  {
    name: 'GlobalSign',
    directoryUrls: [directories.globalSign],
    stagingUrls: [],
    externalAccountRequired: true,
    notes: [],
  },
];
