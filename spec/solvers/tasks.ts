import { throwError } from 'rxjs';
import type { Challenge } from '../../lib/model/challenge.js';
import type { ChallengeTask, PublicJwk } from '../../lib/model/ports.js';
import { type AcmeAccount, acmeAccount } from '../../lib/request/account.js';
import { acmeSession } from '../../lib/request/session.js';
import type { AcmeSessionOptions } from '../../lib/request/session-options.js';

const noPort = () => throwError(() => new Error('no port is used here'));

/** An account whose session sends nothing. */
export const accountOf = (publicJwk: PublicJwk, options: Partial<AcmeSessionOptions> = {}): AcmeAccount =>
  acmeAccount(acmeSession({ directoryUrl: 'https://ca.example/directory', transport: noPort, ...options }), {
    signer: { alg: 'ES256', publicJwk, sign: noPort },
    url: 'https://ca.example/account/1',
  });

export const challengeOf = (type: string, token?: string): Challenge => ({
  type,
  url: `https://ca.example/challenge/${type}`,
  status: 'pending',
  raw: { type },
  ...(token === undefined ? {} : { token }),
});

/** A task as a solver sees it, its values made up. */
export const taskOf = (members: Partial<ChallengeTask> = {}): ChallengeTask => ({
  identifier: { type: 'dns', value: 'example.org' },
  wildcard: false,
  type: 'dns-01',
  challenge: challengeOf('dns-01', 'token'),
  accountUrl: 'https://ca.example/account/1',
  token: 'token',
  keyAuthorization: 'token.thumbprint',
  keyAuthorizationDigest: 'digest',
  ...members,
});
