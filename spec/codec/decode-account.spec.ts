import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { decodeAccount } from '../../lib/codec/decode-account.js';
import { accounts } from '../vectors/codec-messages.js';
import { anyContext, mutated, protocolErrorOf, stored, unlessThrown } from './support.js';

const url = 'https://example.com/acme/acct/1';
const decode = (raw: unknown) => decodeAccount({ raw, url, links: [] });

describe('decodeAccount', () => {
  it('reads RFC 8555 §7.1.2', () => {
    const raw = accounts['RFC 8555 §7.1.2'];
    const { contact, ...rest } = raw;
    expect(decode(raw)).toEqual({ ...rest, contacts: contact, url, links: [], raw });
  });

  it('reads an account without contacts and orders (Boulder)', () => {
    const raw = accounts['Boulder, which keeps no contacts and no orders'];
    const createdAt = new Date(raw.createdAt);
    expect(decode(raw)).toEqual({ status: 'valid', contacts: [], createdAt, url, links: [], raw });
  });

  it('reads the members of extensions, and what servers add of their own', () => {
    const raw = {
      status: 'valid',
      delegations: 'https://acme.ido.example/acme/delegations/adFqoz',
      externalAccountBinding: { protected: 'e30', payload: 'e30', signature: 'AA' },
      createdAt: '2026-11-21T17:00:00Z',
      initialIp: '192.0.2.1',
    };
    expect(decode(raw)).toMatchObject({
      delegations: raw.delegations,
      externalAccountBinding: { protected: 'e30', payload: 'e30', signature: 'AA' },
      createdAt: new Date('2026-11-21T17:00:00Z'),
      initialIp: '192.0.2.1',
    });
  });

  it.each([{}, 'x', null, { protected: 'e30', payload: 'e30' }, { protected: 5, payload: 'e30', signature: 'AA' }])(
    'knows of no binding where it is %j',
    (externalAccountBinding) => {
      expect(decode({ externalAccountBinding })).not.toHaveProperty('externalAccountBinding');
    },
  );

  it('leaves out members of extensions that are malformed', () => {
    const raw = { delegations: '/delegations', createdAt: 'yesterday', initialIp: 7 };
    expect(decode(raw)).toEqual({ status: 'valid', contacts: [], url, links: [], raw });
  });

  it('takes an account without a status for valid', () => {
    expect(decode({})).toEqual({ status: 'valid', contacts: [], url, links: [], raw: {} });
  });

  it('keeps statuses that it does not know', () => {
    expect(decode({ status: 'on-holiday' }).status).toBe('on-holiday');
  });

  it('does not lose an account to a member that informs only', () => {
    const raw = { contact: 'mailto:a@example.org', termsOfServiceAgreed: 'yes' };
    expect(decode(raw)).toEqual({ status: 'valid', contacts: [], url, links: [], raw });
    expect(decode({ contact: null }).contacts).toEqual([]);
  });

  it.each<[unknown, string]>([
    [[], 'account: the body must be an object, found array'],
    [{ status: 5 }, 'account: member "status" must be a string, found number'],
    [{ orders: '/orders' }, 'account: member "orders" must be an absolute URL, found a string that is none'],
  ])('refuses %j', (raw, message) => {
    const error = protocolErrorOf(() => decode(raw));
    expect(error.message).toBe(message);
    expect(error.url).toBe(url);
  });

  it('throws nothing but AcmeProtocolError, and reads back what it made', () => {
    fc.assert(
      fc.property(mutated(accounts), anyContext, (raw, context) => {
        const account = unlessThrown(AcmeProtocolError, () => decodeAccount({ ...context, raw }));
        if (account !== undefined) expect(decodeAccount(stored(account))).toEqual(account);
      }),
    );
  });
});
