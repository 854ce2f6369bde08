import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Challenge } from '../../lib/model/challenge.js';
import type { ChallengeSolver } from '../../lib/model/ports.js';
import { chooseSolver, misfits } from '../../lib/solvers/choose-solver.js';
import { challengeOf } from './tasks.js';

const solver = (...types: string[]): ChallengeSolver => ({ types, present: () => EMPTY, cleanUp: () => EMPTY });
const offer = (...challenges: (string | Challenge)[]) => ({
  identifier: { type: 'dns', value: 'example.org' },
  wildcard: false,
  challenges: challenges.map((each) => (typeof each === 'string' ? challengeOf(each, 'token') : each)),
});
const http = solver('http-01');
const dns = solver('dns-01');

describe('chooseSolver', () => {
  it('prefers the first solver, whatever the order of the offer', () => {
    for (const challenges of [offer('http-01', 'dns-01'), offer('dns-01', 'http-01')]) {
      expect(chooseSolver(challenges, [dns, http])).toMatchObject({ solver: dns, challenge: { type: 'dns-01' } });
      expect(chooseSolver(challenges, [http, dns])).toMatchObject({ solver: http, challenge: { type: 'http-01' } });
    }
  });

  it('prefers the first type of a solver', () => {
    const both = solver('tls-alpn-01', 'http-01');
    expect(chooseSolver(offer('http-01', 'tls-alpn-01'), [both])?.challenge.type).toBe('tls-alpn-01');
    expect(chooseSolver(offer('http-01', 'dns-01'), [both])?.challenge.type).toBe('http-01');
  });

  it('goes on to the next solver where the first one does not fit', () => {
    expect(chooseSolver(offer('dns-01'), [http, dns])?.solver).toBe(dns);
  });

  it('hands back the very objects it was given', () => {
    const challenges = offer('http-01', 'dns-01');
    const choice = chooseSolver(challenges, [dns]);
    expect(choice?.solver).toBe(dns);
    expect(choice?.challenge).toBe(challenges.challenges[1]);
  });

  it.each([
    ['nobody solves what is on offer', offer('tls-alpn-01', 'custom-01'), [http, dns]],
    ['nothing is on offer', offer(), [http, dns]],
    ['there is no solver', offer('http-01'), []],
    ['a solver solves nothing', offer('http-01'), [solver()]],
    ['types differ in their letters', offer('HTTP-01'), [http]],
  ])('finds nothing where %s', (_, challenges, solvers) => {
    expect(chooseSolver(challenges, solvers)).toBeUndefined();
  });

  it('passes over a challenge that has failed, and takes another of its type', () => {
    const failed = { ...challengeOf('http-01', 'old'), status: 'invalid' };
    expect(chooseSolver(offer(failed), [http])).toBeUndefined();
    expect(chooseSolver(offer(failed, 'dns-01'), [http, dns])?.solver).toBe(dns);
    expect(chooseSolver(offer(failed, 'http-01'), [http])?.challenge.token).toBe('token');
  });

  it.each(['pending', 'processing', 'valid', 'a status of tomorrow'])('takes a challenge that is "%s"', (status) => {
    expect(chooseSolver(offer({ ...challengeOf('http-01'), status }), [http])?.challenge.status).toBe(status);
  });

  it('solves types that this library does not know', () => {
    const own = solver('custom-01');
    expect(chooseSolver(offer('http-01', 'custom-01'), [own])).toMatchObject({ challenge: { type: 'custom-01' } });
  });
});

describe('chooseSolver, among what cannot prove it', () => {
  const all = ['http-01', 'tls-alpn-01', 'dns-01', 'dns-account-01', 'dns-persist-01', 'onion-csr-01', 'custom-01'];
  const possible = (value: string, wildcard = false, type = 'dns') =>
    all.filter((each) => chooseSolver({ ...offer(each), identifier: { type, value }, wildcard }, [solver(...all)]));

  it.each([
    ['RFC 8555 §8.3, RFC 8737 §3: wildcards', possible('example.org', true), all.slice(2)],
    ['RFC 8738 §7: addresses', possible('192.0.2.1', false, 'ip'), ['http-01', 'tls-alpn-01', ...all.slice(5)]],
    ['RFC 9799 §3.1: onion services', possible('www.a.onion'), ['http-01', 'tls-alpn-01', ...all.slice(5)]],
    ['RFC 9799 §3.2: wildcards of onion services', possible('a.onion', true), all.slice(5)],
    ['names', possible('onion.example'), all],
    ['other identifiers', possible('a@b.c', false, 'email'), all],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('takes one that is under way all the same', () => {
    const begun = { ...challengeOf('dns-01'), status: 'processing' };
    const authorization = { ...offer(begun), identifier: { type: 'ip', value: '::1' } };
    expect(chooseSolver(authorization, [dns])?.challenge).toBe(begun);
  });
});

describe('chooseSolver, among solvers for certain names', () => {
  const only = (accepted: string, ...types: string[]): ChallengeSolver => ({
    ...solver(...types),
    accepts: ({ identifier }) => identifier.value === accepted,
  });

  it('takes the first that accepts the name, and none where none does', () => {
    const [own, other] = [only('example.org', 'dns-01'), only('example.com', 'http-01', 'dns-01')];
    expect(chooseSolver(offer('http-01', 'dns-01'), [other, own])?.solver).toBe(own);
    expect(chooseSolver(offer('http-01', 'dns-01'), [other])).toBeUndefined();
    expect(chooseSolver(offer('http-01', 'dns-01'), [other, http])?.solver).toBe(http);
  });

  it('asks for each type', () => {
    const picky: ChallengeSolver = { ...solver('http-01', 'dns-01'), accepts: ({ type }) => type === 'dns-01' };
    expect(chooseSolver(offer('http-01', 'dns-01'), [picky])?.challenge.type).toBe('dns-01');
  });

  it('does not give a challenge that is under way to a solver that is for other names', () => {
    const begun = { ...challengeOf('http-01'), status: 'processing' };
    expect(chooseSolver(offer(begun, 'dns-01'), [only('example.com', 'http-01'), dns])?.solver).toBe(dns);
  });

  it('says why each does not fit', () => {
    const failed = { ...challengeOf('tls-alpn-01'), status: 'invalid' };
    const wildcard = { ...offer('http-01', 'dns-01', failed), wildcard: true };
    const solvers = [http, only('example.com', 'dns-01'), solver('tls-alpn-01', 'custom-01')];
    expect(misfits(wildcard, solvers)).toBe(
      'http-01 (cannot prove it), dns-01 (not for this name), tls-alpn-01 (has failed), custom-01 (not offered)',
    );
    expect(misfits(wildcard, [])).toBe('none');
  });
});
