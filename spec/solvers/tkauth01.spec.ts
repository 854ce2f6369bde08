import { EMPTY, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { authorityTokenFingerprint } from '../../lib/signing/authority-token-fingerprint.js';
import { type AuthorityTokenRequest, tkauth01, type Tkauth01Options } from '../../lib/solvers/tkauth01.js';
import type { Validated } from '../../lib/testing/index.js';
import { tnAuthListIdentifier } from '../../lib/x509/identifier-types/tn-auth-list.js';
import { covers } from '../support/covers.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';

covers('authorityToken');

const value = 'MAigBhYENzA5Sg';
const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');

/** A token authority that signs whatever it is asked for. */
const authority = (slip: object = {}) => {
  const requests: AuthorityTokenRequest[] = [];
  const token = (request: AuthorityTokenRequest) => {
    requests.push(request);
    return of(`${part({ alg: 'ES256' })}.${part({ atc: { ...request.claim, ...slip } })}.c2lnbmF0dXJl`);
  };
  return { requests, token };
};

/** What a CA makes of a token, the signature left out. */
const outcome = ({ identifier, thumbprint, response }: Validated) => {
  const [, claims = ''] = String(response['tkauth']).split('.');
  const { atc } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const isRight =
    atc.tktype === identifier.type &&
    atc.tkvalue === identifier.value &&
    atc.fingerprint === authorityTokenFingerprint(thumbprint);
  return isRight ? undefined : { type: 'unauthorized', detail: 'the token is for something else' };
};

const obtain = (options: Tkauth01Options, more: object = {}) =>
  obtainedAtFakeCa({
    ca: {
      identifierTypes: ['TNAuthList'],
      challengeTypes: () => ['tkauth-01'],
      challengeMembers: () => ({ 'tkauth-type': 'atc', 'token-authority': 'https://authority.example.org' }),
      validation: { outcome },
      ...more,
    },
    session: { identifierTypes: [tnAuthListIdentifier] },
    order: { identifiers: [{ type: 'TNAuthList', value: `${value}==` }], solvers: [tkauth01(options)] },
  });

describe('tkauth01 at a CA', () => {
  it('answers with the token of an authority and gets the certificate', () => {
    const { requests, token } = authority();
    const { error, events, payloads } = obtain({ token });
    expect([error, events.at(-1)?.type]).toEqual([undefined, 'certificate-issued']);
    expect(requests).toMatchObject([
      {
        tokenType: 'atc',
        tokenAuthority: 'https://authority.example.org',
        claim: { tktype: 'TNAuthList', tkvalue: value, ca: false },
      },
    ]);
    expect(requests[0]?.claim.fingerprint).toMatch(/^SHA256 (?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
    expect(payloads('newOrder')).toEqual([{ identifiers: [{ type: 'TNAuthList', value }] }]);
    expect(payloads('challenge')).toEqual([{ tkauth: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) }]);
  });

  it('asks for a certificate of an authority where that is wanted', () => {
    const { requests, token } = authority();
    obtain({ token, ca: true });
    expect(requests[0]?.claim.ca).toBe(true);
  });

  it('is refused where the token is for another key', () => {
    const { error } = obtain(authority({ fingerprint: 'SHA256 00' }));
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({
      failures: [{ identifier: { type: 'TNAuthList', value }, challengeType: 'tkauth-01' }],
    });
  });

  it.each([
    ['the authority fails', () => throwError(() => new Error('closed')), AcmeAuthorizationError],
    ['there is no token', () => EMPTY, AcmeInputError],
    ['the token is none', () => of('not a token'), AcmeInputError],
    ['the token is no text', () => of<string>(7 as never), AcmeInputError],
  ])('ends where %s, before the server is told', (_, token, kind) => {
    const { error, ca } = obtain({ token });
    expect(error).toBeInstanceOf(kind);
    expect(ca.history.count('challenge')).toBe(0);
  });

  it('ends where the challenge is malformed, before anybody is asked', () => {
    const { requests, token } = authority();
    const { error } = obtain({ token }, { challengeMembers: () => ({}) });
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(requests).toEqual([]);
  });
});
