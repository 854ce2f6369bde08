import { CertificationRequest } from 'pkijs';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import type { OnionCsrChallenge } from '../../lib/codec/onion-csr-challenge.js';
import { onionCaa } from '../../lib/solvers/onion-caa.js';
import { onionCsr01, type OnionCsr01Options } from '../../lib/solvers/onion-csr01.js';
import type { FakeCaOptions, Validated } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { onionService } from '../x509/onion-service.js';
import { obtainedInRealTime } from './at-fake-ca.js';

covers('onion');

const nonce = 'bI6/MRqV4gw=';
const { name, key } = onionService();

/** What a CA makes of the request, the signature left out. */
const outcome = ({ response }: Validated) => {
  const { attributes = [] } = CertificationRequest.fromBER(Buffer.from(String(response['csr']), 'base64url'));
  const [own] = attributes.filter(({ type }) => type === '2.23.140.41').flatMap(({ values }) => values);
  const isRight = Buffer.from(own?.valueBlock.valueHexView ?? []).toString('base64') === nonce;
  return isRight ? undefined : { type: 'unauthorized', detail: 'the nonce is another one' };
};

const obtain = (options: OnionCsr01Options, ca: Partial<FakeCaOptions> = {}, more: object = {}) =>
  obtainedInRealTime({
    ca: {
      challengeTypes: () => ['onion-csr-01', 'dns-01'],
      challengeMembers: (type) => (type === 'onion-csr-01' ? { nonce } : {}),
      validation: { outcome },
      ...ca,
    },
    order: { identifiers: [`*.${name}`], solvers: [onionCsr01(options)], ...more },
  });

describe('onionCsr01 at a CA', () => {
  it('answers with a request of the service’s key, and gets the certificate', async () => {
    const { error, events, payloads } = await obtain({ key });
    expect([error, events.at(-1)?.type]).toEqual([undefined, 'certificate-issued']);
    expect(payloads('challenge')).toEqual([{ csr: expect.stringMatching(/^[\w-]+$/) }]);
  });

  it('finds the key by the name, and publishes the authority’s own first', async () => {
    const published: OnionCsrChallenge[] = [];
    const asked: string[] = [];
    const authKey = { kty: 'OKP', crv: 'Ed25519', x: 'AA' };
    const { error } = await obtain(
      {
        key: (each) => (asked.push(each), key),
        publish: (challenge) => (published.push(challenge), EMPTY),
        applicantNonce: () => new Uint8Array(12),
      },
      { challengeMembers: () => ({ nonce, authKey }) },
    );
    expect([error, asked]).toEqual([undefined, [name]]);
    expect(published).toMatchObject([{ authKey }]);
  });

  it('RFC 9799 §6.4: sends CAA records with the request that finalizes the order', async () => {
    const finalizeMembers = () => onionCaa([{ name, key, records: null }]);
    const { error, payloads } = await obtain({ key }, {}, { finalizeMembers });
    expect(error).toBeUndefined();
    expect(payloads('finalize')).toEqual([
      {
        csr: expect.any(String),
        onionCAA: {
          [name]: { caa: null, expiry: expect.any(Number), signature: expect.stringMatching(/^[\w-]{86}$/) },
        },
      },
    ]);
  });

  it('is refused by a CA that gave another nonce', async () => {
    const { error } = await obtain({ key }, { challengeMembers: () => ({ nonce: 'AAAAAAAAAAA=' }) });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({ message: expect.stringContaining('(onion-csr-01)') });
  });

  it('ends where the key is another service’s, and where the challenge is malformed', async () => {
    const { error, ca } = await obtain({ key: onionService().key });
    expect(error).toBeInstanceOf(AcmeInputError);
    expect(ca.history.count('challenge')).toBe(0);
    expect((await obtain({ key }, { challengeMembers: () => ({}) })).error).toBeInstanceOf(AcmeProtocolError);
  });
});
