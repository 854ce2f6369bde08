/** What is measured: clients, cases and settings. */

/** Waits that a client would make between looks, in milliseconds, where all are to make the same. */
const shortPace = { firstMs: 20, factor: 1.5, maxMs: 200 };
/** rxacme's own, for those that have none. */
const shippedPace = { firstMs: 250, factor: 1.5, maxMs: 10_000 };

const shapes = {
  one: { count: 1, width: 1, names: 1, runs: 7 },
  seq: { count: 50, width: 1, names: 1, runs: 3 },
  par: { count: 200, width: 20, names: 1, runs: 5 },
  san: { count: 3, width: 1, names: 100, runs: 3 },
};

/** `one`, `one-50`, `one-r20`, `one-50-r20` and so on: shape, round trip in milliseconds, refused nonces in percent. */
const grid = Object.entries(shapes).flatMap(([shape, each]) =>
  [0, 50].flatMap((roundTripMs) =>
    [0, 20].map((refused) => ({
      name: [shape, roundTripMs || '', refused ? `r${refused}` : ''].filter(Boolean).join('-'),
      ...each,
      roundTripMs,
      refused,
      pace: shortPace,
    })),
  ),
);

/** As shipped, with a validation of one second. */
const shipped = {
  name: 'as-shipped',
  count: 5,
  width: 1,
  names: 1,
  runs: 3,
  roundTripMs: 50,
  refused: 0,
  validationMs: 1_000,
  pace: shippedPace,
  asShipped: true,
};

export const cells = [...grid, shipped];

export const clients = ['floor', 'floor-fetch', 'rxacme-node', 'rxacme', 'acme-client'];

/** What a case took, for each certificate, in the order of the tables. */
export const figures = {
  requests: 'requests',
  connections: 'TLS connections',
  kilobytes: 'kB up + down',
  wallMs: 'wall ms',
  cpuMs: 'CPU ms',
  peakMb: 'peak MB (process)',
};

/** Pebble's routes in the words of RFC 8555. */
export const kinds = {
  '/dir': 'directory',
  '/nonce-plz': 'newNonce',
  '/sign-me-up': 'newAccount',
  '/order-plz': 'newOrder',
  '/authZ/': 'authorization',
  '/chalZ/': 'challenge',
  '/my-order/': 'order',
  '/finalize-order/': 'finalize',
  '/certZ/': 'certificate',
};
