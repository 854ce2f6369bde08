/** What a request is for: a member of the directory, or `other` for the URL of an account, an order and so on. */
export type RequestKind =
  'newNonce' | 'newAccount' | 'newOrder' | 'newAuthz' | 'revokeCert' | 'keyChange' | 'renewalInfo' | 'other';

/** How many requests of one kind a server takes. */
export interface RequestLimit {
  /** What the requests are for. */
  readonly kind: RequestKind;
  /** How many in `perMs`, in the long run. */
  readonly count: number;
  /** In milliseconds. */
  readonly perMs: number;
  /** How many at once, after a pause. Default: `count`. */
  readonly burst?: number | undefined;
  /** Whether orders that say which certificate they replace are not counted. Default: they are. */
  readonly exemptsRenewals?: boolean | undefined;
}

const secondMs = 1_000;
const threeHoursMs = 3 * 3_600_000;

/** By IP address, at the door of Let's Encrypt. */
const letsEncryptDoor: readonly RequestLimit[] = [
  { kind: 'newNonce', count: 20, perMs: secondMs, burst: 10 },
  { kind: 'newAccount', count: 5, perMs: secondMs, burst: 15 },
  { kind: 'newOrder', count: 300, perMs: secondMs, burst: 200 },
  { kind: 'revokeCert', count: 10, perMs: secondMs, burst: 100 },
  { kind: 'renewalInfo', count: 1_000, perMs: secondMs, burst: 100 },
  { kind: 'other', count: 250, perMs: secondMs, burst: 125 },
];

/**
 * The limits that public authorities publish, as of November 2026, as far as they are about requests. Limits by
 * registered domain, by set of names and by failed validations are not among them: only the server can count those.
 */
export const requestLimits = {
  /** 300 new orders by account, 10 new accounts by IP address in three hours, and the limits by second. */
  letsEncrypt: [
    { kind: 'newOrder', count: 300, perMs: threeHoursMs, exemptsRenewals: true },
    { kind: 'newAccount', count: 10, perMs: threeHoursMs },
    ...letsEncryptDoor,
  ],
  /** The limits by second; the others are far higher than in production. */
  letsEncryptStaging: letsEncryptDoor,
} as const satisfies Readonly<Record<string, readonly RequestLimit[]>>;
