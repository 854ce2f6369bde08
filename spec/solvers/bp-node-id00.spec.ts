import { EMPTY, firstValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { bpNodeId00, type BpNodeId00Options, type BundleNodeProof } from '../../lib/solvers/bp-node-id00.js';
import { bundleEidIdentifier } from '../../lib/x509/identifier-types/bundle-eid.js';
import { challengeWith } from '../codec/challenges.js';
import { covers } from '../support/covers.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

covers('nodeId');

const members = { 'id-chal': 'dDtaviYTPUWFS3NK37YWfQ', 'token-chal': 'tPUZNY4ONIk6LxErRFEjVw' };

const agent = () => {
  const known: BundleNodeProof[] = [];
  const calls: string[] = [];
  const options = {
    register: (proof: BundleNodeProof) => (known.push(proof), calls.push('register'), EMPTY),
    withdraw: ({ challengeId }: BundleNodeProof) => (calls.push(`withdraw ${challengeId}`), EMPTY),
  };
  return { known, calls, options };
};

const obtain = (options: BpNodeId00Options, more: object = {}) =>
  obtainedAtFakeCa({
    ca: {
      identifierTypes: ['bundleEID'],
      challengeTypes: () => ['bp-nodeid-00'],
      challengeMembers: () => members,
      ...more,
    },
    session: { identifierTypes: [bundleEidIdentifier] },
    order: { identifiers: [{ type: 'bundleEID', value: 'DTN://node/' }], solvers: [bpNodeId00(options)] },
  });

describe('bpNodeId00', () => {
  it('RFC 9891 appendix: what the response bundle carries', async () => {
    const { known, options } = agent();
    const { present } = bpNodeId00(options);
    const task = taskOf({
      type: 'bp-nodeid-00',
      identifier: { type: 'bundleEID', value: 'dtn://node/' },
      challenge: challengeWith('bp-nodeid-00', members),
      thumbprint: 'LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ',
    });
    (present(task) as typeof EMPTY).subscribe();
    const digest$ = known[0]?.digest('p3yRYFU4KxwQaHQjJ2RdiQ') ?? of('');
    expect(await firstValueFrom(digest$)).toBe('mVIOJEQZie8XpYM6MMVSQUiNPH64URnhM9niJ5XHrew');
  });

  it.each([-1, NaN, Infinity])('refuses a round trip of %s', (roundTripMs) => {
    expect(() => bpNodeId00({ ...agent().options, roundTripMs })).toThrow(TypeError);
  });
});

describe('bpNodeId00 at a CA', () => {
  it('has the agent answer as long as the challenge lasts, and gets the certificate', () => {
    const { known, calls, options } = agent();
    const { error, events, payloads } = obtain({ ...options, roundTripMs: 300_500 });
    expect([error, events.at(-1)?.type]).toEqual([undefined, 'certificate-issued']);
    expect(known).toMatchObject([{ nodeId: 'dtn://node/', challengeId: members['id-chal'] }]);
    expect(calls).toEqual(['register', `withdraw ${members['id-chal']}`]);
    expect(payloads('challenge')).toEqual([{ rtt: 300.5 }]);
  });

  it('says nothing of the round trip where nothing is known', () => {
    expect(obtain(agent().options).payloads('challenge')).toEqual([{}]);
  });

  it('is refused where no bundle comes back', () => {
    const { calls, options } = agent();
    const validation = { outcome: () => ({ type: 'connection', detail: 'no response bundle' }) };
    const { error } = obtain(options, { validation });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({ message: expect.stringContaining('no response bundle') });
    expect(calls).toHaveLength(2);
  });

  it('ends where the agent fails, and where the challenge is malformed', () => {
    const failing = { ...agent().options, register: () => throwError(() => new Error('no agent')) };
    expect(obtain(failing).error).toBeInstanceOf(AcmeAuthorizationError);
    expect(obtain(agent().options, { challengeMembers: () => ({}) }).error).toBeInstanceOf(AcmeProtocolError);
  });
});
