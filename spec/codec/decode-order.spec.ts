import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { decodeOrder } from '../../lib/codec/decode-order.js';
import { orders } from '../vectors/codec-messages.js';
import { anyContext, mutated, protocolErrorOf, stored, unlessThrown } from './support.js';

const url = 'https://example.com/acme/order/TOlocE8rfgo';
const decode = (raw: unknown) => decodeOrder({ raw, url, links: [] });
const ready = orders['Pebble, ready, with a profile'];

describe('decodeOrder', () => {
  it('reads RFC 8555 §7.1.3', () => {
    const raw = orders['RFC 8555 §7.1.3'];
    expect(decode(raw)).toEqual({
      status: 'valid',
      expiresAt: new Date(1453298947990),
      identifiers: raw.identifiers,
      notBeforeAt: new Date(1451592240000),
      notAfterAt: new Date(1452197040000),
      authorizations: raw.authorizations,
      finalize: raw.finalize,
      certificate: raw.certificate,
      url,
      links: [],
      raw,
    });
  });

  it('reads the profile, and what is replaced: RFC 9773 §5', () => {
    expect(decode(ready).profile).toBe('default');
    const replaces = 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE';
    expect(decode({ ...ready, replaces }).replaces).toBe(replaces);
    const odd = decode({ ...ready, profile: 7, replaces: '' });
    expect(Object.keys(odd).filter((name) => ['profile', 'replaces'].includes(name))).toEqual([]);
  });

  it('leaves members that it does not know to raw', () => {
    const order = decode({ ...ready, priority: 1 });
    expect(Object.keys(order)).not.toContain('priority');
    expect(order.raw['priority']).toBe(1);
  });

  it('keeps what the headers said', () => {
    const links = [{ url: 'https://example.com/directory', relations: ['index'] }];
    expect(decodeOrder({ raw: ready, url, links, retryAfterMs: 3000 })).toMatchObject({
      url,
      links,
      retryAfterMs: 3000,
    });
  });

  it('keeps statuses that it does not know', () => {
    expect(decode({ ...ready, status: 'canceled' }).status).toBe('canceled');
  });

  it('reads why an order is invalid, and leaves out an error that is none', () => {
    const error = { type: 'urn:ietf:params:acme:error:caa', detail: 'CAA forbids it', status: 403 };
    expect(decode({ ...ready, error }).error).toEqual({ ...error, subproblems: [], algorithms: [], raw: error });
    expect(Object.keys(decode({ ...ready, error: 'caa' }))).not.toContain('error');
  });

  it('leaves out malformed dates and an empty certificate', () => {
    const order = decode({ ...ready, expires: 'soon', notBefore: '', notAfter: 5, certificate: '' });
    expect(Object.keys(order).filter((name) => /At$|certificate/.test(name))).toEqual([]);
  });

  it.each([
    ['status', undefined, 'member "status" must be a string, found nothing'],
    ['status', '', 'member "status" must be a string, found an empty string'],
    ['finalize', 5, 'member "finalize" must be an absolute URL, found number'],
    ['finalize', '/finalize', 'member "finalize" must be an absolute URL, found a string that is none'],
    ['authorizations', null, 'member "authorizations" must be an array, found null'],
    ['authorizations', ['https://a/', 5], 'member "authorizations[1]" must be an absolute URL, found number'],
    ['identifiers', {}, 'member "identifiers" must be an array, found object'],
    ['identifiers', ['example.org'], 'member "identifiers[0]" must be an object, found string'],
    ['identifiers', [{ type: 'dns' }], 'member "identifiers[0].value" must be a string, found nothing'],
    ['certificate', {}, 'member "certificate" must be an absolute URL, found object'],
  ])('refuses %s %j', (name, value, fault) => {
    const error = protocolErrorOf(() => decode({ ...ready, [name]: value }));
    expect(error.message).toBe(`order: ${fault}`);
    expect(error.url).toBe(url);
  });

  it('throws nothing but AcmeProtocolError, and reads back what it made', () => {
    fc.assert(
      fc.property(mutated(orders), anyContext, (raw, context) => {
        const order = unlessThrown(AcmeProtocolError, () => decodeOrder({ ...context, raw }));
        if (order !== undefined) expect(decodeOrder(stored(order))).toEqual(order);
      }),
      { numRuns: 500 },
    );
  });
});
