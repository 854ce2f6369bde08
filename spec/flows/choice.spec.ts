import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmePortError, AcmeUnsupportedError, type ChallengeSolver, solverFor } from '../../lib/index.js';
import { recordingSolver } from '../../lib/testing/index.js';
import { virtualTime } from '../support/virtual-time.js';
import { withFakeCa } from './with-fake-ca.js';

const solver = (...types: string[]): ChallengeSolver => ({ types, present: () => EMPTY, cleanUp: () => EMPTY });

describe('an order for which no solver fits', () => {
  it('says of each name what is offered, what was given, and why that does not fit; nothing is presented', () =>
    virtualTime((time) => {
      const recording = recordingSolver({ types: ['http-01', 'dns-01'] });
      const { ca, obtained } = withFakeCa(time, {
        challengeTypes: (_, wildcard) => (wildcard ? ['http-01', 'custom-01'] : ['dns-01']),
      });
      const { error } = obtained({
        identifiers: ['*.a.test', 'b.test', 'c.test'],
        solvers: [solverFor(recording, ['a.test', 'c.test']), solver('tls-alpn-01')],
      });
      expect(error).toBeInstanceOf(AcmeUnsupportedError);
      expect((error as Error).message.split('\n')).toEqual([
        'no solver fits',
        '*.a.test: the server offers http-01, custom-01; solvers given: http-01 (cannot prove it), dns-01 (not offered), tls-alpn-01 (not offered)',
        'b.test: the server offers dns-01; solvers given: http-01 (not offered), dns-01 (not for this name), tls-alpn-01 (not offered)',
      ]);
      expect([recording.calls, ca.history.count('challenge')]).toEqual([[], 0]);
    }));

  it('says so where there is no solver at all', () =>
    virtualTime((time) => {
      const { error } = withFakeCa(time, { challengeTypes: () => ['dns-01'] }).obtained({ solvers: [] });
      expect((error as Error).message).toBe(
        'no solver fits\nexample.org: the server offers dns-01; solvers given: none',
      );
    }));

  it('is an error of the solver where accepts throws', () =>
    virtualTime((time) => {
      const cause = new Error('no list of names');
      const throws = solverFor(solver('dns-01'), () => {
        throw cause;
      });
      const { error } = withFakeCa(time).obtained({ solvers: [throws] });
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ port: 'solver', cause });
    }));

  it('asks with the name as it is to be proven, and the type', () =>
    virtualTime((time) => {
      const asked: unknown[] = [];
      const { solver: own, obtained } = withFakeCa(time);
      obtained({ identifiers: ['*.a.test'], solvers: [solverFor(own, (each) => asked.push(each) > 0)] });
      expect(asked).toEqual([{ identifier: { type: 'dns', value: 'a.test' }, wildcard: true, type: 'dns-01' }]);
    }));
});
