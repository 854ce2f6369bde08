import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  type IssuanceOptions,
  leaveOutRefused,
  obtainCertificate,
  problemDocument,
  resumeOrder,
} from '../../lib/index.js';
import { fakeDer, recordingSolver, syncBench, syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { virtualTime } from '../support/virtual-time.js';

const solvers = [recordingSolver()];
const csr = syncCertificateRequest(syncKey(), ['example.org']);
const pem = (label: string, octets: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(octets).toString('base64')}\n-----END ${label}-----\n`;

/** Calls both, and gives what they throw; neither may do anything else. */
function thrown(options: object): unknown[] {
  return virtualTime(({ scheduler, timers }) => {
    const { ca, account, signer } = syncBench(scheduler);
    const calls = [
      () => obtainCertificate(account, { identifiers: ['example.org'], ...(options as IssuanceOptions) }),
      () => resumeOrder(account, 'https://ca.test/order/1', options as IssuanceOptions),
    ];
    const errors = calls.map((call) => {
      try {
        call();
        return undefined;
      } catch (error) {
        return error;
      }
    });
    expect([ca.history, signer.inputs, timers()]).toEqual([[], [], 0]);
    return errors;
  });
}

describe('options that cannot work', () => {
  it.each<[string, object, string]>([
    ['no solvers', {}, 'solvers'],
    ['a solver that is not in a list', { solvers: solvers[0] }, 'solvers'],
    ['a CSR and a key', { solvers, csr, key: syncKey() }, 'csr'],
    ['a CSR and a type of key', { solvers, csr, keyType: 'P-384' }, 'csr'],
    ['a CSR that is no DER', { solvers, csr: csr.subarray(1) }, 'csr'],
    ['a CSR that is neither text nor bytes', { solvers, csr: 42 }, 'csr'],
  ])('%s: throw TypeError at the call, which names the function and the option', (_what, options, option) => {
    const [obtained, resumed] = thrown(options);
    for (const [error, name] of [
      [obtained, 'obtainCertificate'],
      [resumed, 'resumeOrder'],
    ] as const) {
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).message).toContain(name);
      expect((error as TypeError).message).toContain(option);
    }
  });

  it.each<[string, object]>([
    ['text that is no PEM', { solvers, csr: 'request' }],
    ['a private key', { solvers, csr: pem('PRIVATE KEY', csr) }],
    ['a certificate', { solvers, csr: pem('CERTIFICATE', csr) }],
  ])('a CSR that is %s: throw TypeError at the call', (_what, options) => {
    for (const error of thrown(options)) expect(error).toBeInstanceOf(TypeError);
  });

  it.each([[[]], [['']], [['exa mple.org']], [['*.*.example.org']], [[{ type: 'dns', value: '' }]]])(
    'identifiers %j: throw TypeError at the call',
    (identifiers) => {
      virtualTime(({ scheduler }) => {
        const { account } = syncBench(scheduler);
        expect(() => obtainCertificate(account, { identifiers, solvers })).toThrow(TypeError);
      });
    },
  );

  it.each(['firstMs', 'factor', 'maxMs', 'jitter', 'timeoutMs', 'maxRetryAfterMs'])(
    'a pace with %s that is no number: throw TypeError at the call',
    (name) => {
      for (const error of thrown({ solvers, poll: { [name]: Number.NaN } })) expect(error).toBeInstanceOf(TypeError);
    },
  );

  it.each([true, leaveOutRefused(new AcmeProblemError(problemDocument({})), [])])(
    'a policy for refusals that is %j: throw TypeError at the call',
    (whenRefused) => {
      for (const error of thrown({ solvers, whenRefused }))
        expect((error as TypeError).message).toContain('whenRefused must be a function');
    },
  );

  it.each([Number.NaN, -1])('a time limit of %s for the clean-up: throw TypeError at the call', (cleanUpTimeoutMs) => {
    for (const error of thrown({ solvers, cleanUpTimeoutMs })) expect(error).toBeInstanceOf(TypeError);
  });
});

describe('options that work', () => {
  it.each<[string, object]>([
    ['solvers alone', { solvers }],
    ['no solver at all, for an order that needs none', { solvers: [] }],
    ['a CSR as DER', { solvers, csr }],
    ['a CSR as PEM', { solvers, csr: pem('CERTIFICATE REQUEST', csr) }],
    ['a CSR as PEM of an older kind', { solvers, csr: pem('NEW CERTIFICATE REQUEST', csr) }],
    ['DER that only a closer look tells from a CSR', { solvers, csr: fakeDer({}) }],
    ['a key and its type', { solvers, key: syncKey(), keyType: 'P-256' }],
    ['a pace', { solvers, poll: { firstMs: 0, factor: 1, jitter: 0, timeoutMs: Infinity } }],
    [
      'options that are undefined',
      { solvers, csr: undefined, key: undefined, keyType: undefined, keyStore: undefined, poll: undefined },
    ],
  ])('%s: throw nothing, and nothing is done', (_what, options) => {
    expect(thrown(options)).toEqual([undefined, undefined]);
  });
});
