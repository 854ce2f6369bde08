import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeInputError, decodeJournalEntry, encodeJournalEntry, type OrderEntry } from '../../../lib/index.js';
import type { ChallengeTask } from '../../../lib/model/ports.js';
import { presentedEntryOf } from '../../../lib/solvers/journal/journal-entry.js';
import { thrownBy, unlessThrown } from '../../codec/support.js';
import { challengeOf, taskOf } from '../tasks.js';

const at = new Date(Date.UTC(2026, 0, 1, 2, 3, 4, 567));
const token = 'dG9rZW4tb2YtdGhlLWNoYWxsZW5nZQ';
const keyAuthorization = `${token}.dGh1bWJwcmludA`;
const keyAuthorizationDigest = 'ZGlnZXN0LW9mLXRoZS1rZXktYXV0aG9yaXphdGlvbg';
const task: ChallengeTask = taskOf({
  challenge: { ...challengeOf('dns-01', token), raw: { type: 'dns-01', token, own: ['kept'] } },
  orderUrl: 'https://ca.example/order/1',
  wildcard: true,
  token,
  keyAuthorization,
  keyAuthorizationDigest,
  thumbprint: 'dGh1bWJwcmludA',
  accountUrlDigest: 'YWNjb3VudA',
  digest: () => [],
});
const presented = presentedEntryOf(task, at, 'zone one');
const order: OrderEntry = {
  type: 'order',
  id: 'https://ca.example/order/1',
  at,
  orderUrl: 'https://ca.example/order/1',
  accountUrl: 'https://ca.example/account/1',
  identifiers: [
    { type: 'dns', value: '*.example.org' },
    { type: 'ip', value: '::1' },
  ],
  expiresAt: new Date(Date.UTC(2026, 0, 8)),
  keyReference: 'hsm:7',
  csr: '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n',
};

describe('an entry of a journal', () => {
  it('is one line of text, and read back: an order', () => {
    const text = encodeJournalEntry(order);
    expect(text).not.toContain('\n');
    expect(decodeJournalEntry(text)).toEqual(order);
    const { expiresAt: _, keyReference: __, csr: ___, ...least } = order;
    expect(decodeJournalEntry(encodeJournalEntry(least))).toEqual(least);
  });

  it('is read back with all that withdrawing needs: a challenge', () => {
    const read = decodeJournalEntry(encodeJournalEntry(presented));
    expect(read).toMatchObject({
      type: 'presented',
      id: task.challenge.url,
      at,
      solver: 'zone one',
      challengeType: 'dns-01',
      orderUrl: task.orderUrl,
    });
    const back = (read as typeof presented).task;
    for (const name of [
      ...(['identifier', 'wildcard', 'type', 'accountUrl', 'orderUrl', 'token', 'keyAuthorization'] as const),
      ...(['keyAuthorizationDigest', 'accountUrlDigest', 'thumbprint'] as const),
    ]) {
      expect(back[name]).toEqual(task[name]);
    }
    expect(back.challenge).toMatchObject({ type: 'dns-01', url: task.challenge.url, token, status: 'pending' });
    expect(back.challenge.raw['own']).toEqual(['kept']);
    expect(back.digest).toBeUndefined();
    expect(encodeJournalEntry(decodeJournalEntry(encodeJournalEntry(read)))).toBe(encodeJournalEntry(read));
  });

  it('keeps a challenge without a token, and one without an order', () => {
    const { orderUrl: _, ...rest } = taskOf({ challenge: challengeOf('custom-01'), type: 'custom-01' });
    const bare = { ...rest };
    for (const name of ['token', 'keyAuthorization', 'keyAuthorizationDigest'] as const) delete bare[name];
    const read = decodeJournalEntry(encodeJournalEntry(presentedEntryOf(bare, at, undefined)));
    expect(read).not.toHaveProperty('solver');
    expect((read as typeof presented).task).toMatchObject({ type: 'custom-01', identifier: bare.identifier });
  });

  it('shows no secret where it is printed or serialised', () => {
    for (const entry of [presented, decodeJournalEntry(encodeJournalEntry(presented))]) {
      for (const printed of [JSON.stringify(entry), inspect(entry, { depth: 12 }), String(entry)]) {
        for (const secret of [token, keyAuthorization, keyAuthorizationDigest]) expect(printed).not.toContain(secret);
      }
    }
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['another file', 'hello'],
    ['another JSON', '[]'],
    ['a text', '"text"'],
    ['no version', JSON.stringify({ ...order })],
    ['a later version', encodeJournalEntry(order).replace('"version":1', '"version":2')],
    ['an unknown type', encodeJournalEntry(order).replace('"type":"order"', '"type":"other"')],
    ['no instant', encodeJournalEntry(order).replace(/"at":"[^"]+"/, '"at":"soon"')],
    ['no order', encodeJournalEntry(order).replace('"orderUrl"', '"url"')],
    ['no token but a path', encodeJournalEntry(presented).replaceAll(token, '../../../etc/passwd')],
    ['no task', encodeJournalEntry(presented).replace('"task"', '"job"')],
  ])('is refused where there is %s', (_, text) => {
    const error = thrownBy(() => decodeJournalEntry(text));
    expect(error).toBeInstanceOf(AcmeInputError);
    expect((error as Error).message).toMatch(/^not a journal entry: /);
  });

  it('cut anywhere, is refused without a word of what is in it', () => {
    const text = encodeJournalEntry(presented);
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), (length) => {
        const error = thrownBy(() => decodeJournalEntry(text.slice(0, length)));
        expect(error).toBeInstanceOf(AcmeInputError);
        expect(inspect(error, { depth: 12 })).not.toContain(token.slice(0, 8));
      }),
    );
  });

  it('is an entry or an AcmeInputError, whatever is read', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        unlessThrown(AcmeInputError, () => decodeJournalEntry(text));
      }),
    );
    const spoilt = fc.record({ name: fc.constantFrom(...Object.keys(presented)), value: fc.jsonValue() });
    fc.assert(
      fc.property(spoilt, ({ name, value }) => {
        const members = JSON.parse(encodeJournalEntry(presented)) as Record<string, unknown>;
        unlessThrown(AcmeInputError, () => decodeJournalEntry(JSON.stringify({ ...members, [name]: value })));
      }),
    );
  });
});
