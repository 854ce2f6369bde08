import { EMPTY, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { type AttestationTask, deviceAttest01, type DeviceAttest01Options } from '../../lib/solvers/device-attest01.js';
import type { Validated } from '../../lib/testing/index.js';
import { hardwareModuleIdentifier, permanentIdentifier } from '../../lib/x509/identifier-types/device.js';
import { covers } from '../support/covers.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

covers('deviceAttest');

/** A device that signs nothing, but says what it would. */
const attest = ({ keyAuthorization }: Pick<AttestationTask, 'keyAuthorization'>) =>
  of(new TextEncoder().encode(keyAuthorization));

const outcome = ({ keyAuthorization, response }: Validated) =>
  Buffer.from(String(response['attObj']), 'base64url').toString() === keyAuthorization
    ? undefined
    : { type: 'badAttestationStatement', detail: 'the statement is about another key' };

const obtain = (options: DeviceAttest01Options) =>
  obtainedAtFakeCa({
    ca: {
      identifierTypes: ['permanent-identifier', 'hardware-module'],
      challengeTypes: () => ['device-attest-01'],
      validation: { outcome },
    },
    session: { identifierTypes: [permanentIdentifier, hardwareModuleIdentifier] },
    order: {
      identifiers: [
        { type: 'permanent-identifier', value: 'ABCDEF123456' },
        { type: 'hardware-module', value: 'ABCD/1.2.3.4' },
      ],
      solvers: [deviceAttest01(options)],
    },
  });

describe('deviceAttest01 at a CA', () => {
  it('answers with the attestation object and gets the certificate', () => {
    const { error, events, payloads } = obtain({ attest });
    expect([error, events.at(-1)?.type]).toEqual([undefined, 'certificate-issued']);
    expect(payloads('challenge')).toEqual(Array(2).fill({ attObj: expect.stringMatching(/^[\w-]+$/) }));
  });

  it('hands on badAttestationStatement', () => {
    const { error } = obtain({ attest: () => of(Uint8Array.of(0xa0)) });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({
      failures: [
        { problem: { type: 'urn:ietf:params:acme:error:badAttestationStatement' } },
        { problem: { detail: 'the statement is about another key' } },
      ],
    });
  });

  it.each([
    ['the device fails', () => throwError(() => new Error('locked')), AcmeAuthorizationError],
    ['there is no statement', () => EMPTY, AcmeInputError],
    ['the statement is empty', () => of(new Uint8Array()), AcmeInputError],
    ['the statement is text', () => of<Uint8Array>('oA' as never), AcmeInputError],
  ])('ends where %s, before the server is told', (_, failing, kind) => {
    const { error, ca } = obtain({ attest: failing });
    expect(error).toBeInstanceOf(kind);
    expect(ca.history.count('challenge')).toBe(0);
  });

  it('refuses an order for what is no device', () => {
    const order = { identifiers: [{ type: 'hardware-module', value: 'ABCD' }], solvers: [deviceAttest01({ attest })] };
    const session = { identifierTypes: [hardwareModuleIdentifier] };
    expect(() => obtainedAtFakeCa({ ca: {}, session, order })).toThrow(/ABCD.*object identifier/);
  });

  it('refuses a challenge without a token', () =>
    virtualTime((time) => {
      const { token: _, keyAuthorization: __, ...task } = taskOf({ type: 'device-attest-01' });
      const { present } = deviceAttest01({ attest });
      expect(completed(time, present(task) as typeof EMPTY).error).toBeInstanceOf(AcmeProtocolError);
    }));
});
