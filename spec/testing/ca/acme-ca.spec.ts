import { map, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { acmeCa } from '../../../lib/testing/ca/acme-ca.js';
import type { CaSettings, Operation } from '../../../lib/testing/ca/operation.js';
import { operations } from '../../../lib/testing/ca/operations.js';
import { refuse } from '../../../lib/testing/ca/refusal.js';
import { fakeCaSettings } from '../../../lib/testing/fake-ca-settings.js';
import { synchronousSigner } from '../../../lib/testing/index.js';
import { now, outcome, rawClient } from '../support/raw-client.js';

const clock = { now: () => 0 };

/** A CA with operations more, and a client of it. */
function withMore(more: readonly Operation[] = [], changed: Partial<CaSettings> = {}) {
  const settings = { ...fakeCaSettings({}, clock as never, clock), ...changed };
  const ca = acmeCa({ origin: 'https://ca.test', operations: [...operations, ...more], settings, clock });
  const transport = (request: Parameters<typeof ca.handle>[0]) =>
    ca.handle(request).pipe(
      map(({ status, headers = {}, json, text = '' }) => ({
        status,
        headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: new TextEncoder().encode(json === undefined ? text : JSON.stringify(json)),
      })),
    );
  return rawClient({ directoryUrl: ca.directoryUrl, transport } as never, { signer: synchronousSigner() });
}

const info: Operation = {
  name: 'info',
  path: 'info',
  directoryMember: 'info',
  byId: true,
  signedBy: 'none',
  handle: (_, { id }) => of({ status: 200, json: { about: id } }),
};

describe('an operation more', () => {
  it('is an entry of the table, and in the directory', () => {
    const { get } = withMore([info]);
    const { json } = now(get('https://ca.test/directory'));
    expect(json).toMatchObject({ info: 'https://ca.test/info', newOrder: 'https://ca.test/new-order' });
    expect(now(get(`${json.info}/a.b`)).json).toEqual({ about: 'a.b' });
    expect(now(get(json.info)).status).toBe(404);
  });

  it('is protected as all others are', () => {
    const { post } = withMore([{ ...info, signedBy: 'key', reads: true }]);
    const url = 'https://ca.test/info/1';
    expect(now(post(url)).json).toEqual({ about: '1' });
    expect(outcome(now(post(url, {})))).toEqual([400, 'malformed']);
    expect(outcome(now(post(url, '', { nonce: 'unknown' })))).toEqual([400, 'badNonce']);
    expect(outcome(now(post(url, '', { header: { url: 'https://ca.test/info/2' } })))).toEqual([401, 'unauthorized']);
  });

  it('that breaks is an internal error of the server', () => {
    const breaks = (path: string, handle: Operation['handle']): Operation => ({ ...info, name: path, path, handle });
    const broken = () => {
      throw new Error('a slip');
    };
    const refusing = () => refuse('caa', 'no');
    const { get } = withMore([breaks('broken', broken), breaks('refusing', refusing)]);
    expect(now(get('https://ca.test/broken/1'))).toMatchObject({ status: 500, json: { detail: 'a slip' } });
    expect(outcome(now(get('https://ca.test/refusing/1')))).toEqual([400, 'caa']);
  });
});

describe('work in the background', () => {
  it('goes on when the request that began it is given up, and tells whoever waits', async () => {
    const done: string[] = [];
    const { get } = withMore([
      {
        ...info,
        handle: (ca) => ca.background(timer(5).pipe(map(() => done.push('done')))).pipe(map(() => ({ status: 204 }))),
      },
    ]);
    get('https://ca.test/info/1').subscribe().unsubscribe();
    await expect.poll(() => done).toEqual(['done']);
  });

  it('answers whoever waits for it where it breaks too', () => {
    const { get } = withMore([
      {
        ...info,
        handle: (ca) => ca.background(of(1).pipe(map(() => refuse('caa', 'no')))).pipe(map(() => ({ status: 204 }))),
      },
    ]);
    expect(now(get('https://ca.test/info/1')).status).toBe(204);
  });
});

it('a nonce that is refused at random is spent all the same', () => {
  const refuses = [true, false, false];
  const { post, nonce } = withMore([], { refusesNonce: () => refuses.shift() ?? false });
  const [once, url] = [nonce(), 'https://ca.test/new-account'];
  expect(outcome(now(post(url, {}, { nonce: once })))).toEqual([400, 'badNonce']);
  expect(outcome(now(post(url, {}, { nonce: once })))).toEqual([400, 'badNonce']);
  expect(now(post(url, {})).status).toBe(201);
});
