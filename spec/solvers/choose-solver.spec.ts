import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Challenge } from '../../lib/model/challenge.js';
import type { ChallengeSolver } from '../../lib/model/ports.js';
import { chooseSolver } from '../../lib/solvers/choose-solver.js';
import { challengeOf } from './tasks.js';

const solver = (...types: string[]): ChallengeSolver => ({ types, present: () => EMPTY, cleanUp: () => EMPTY });
const offer = (...challenges: (string | Challenge)[]) => ({
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
