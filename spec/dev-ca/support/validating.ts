import { defer, lastValueFrom } from 'rxjs';
import type { DevCaOptions } from '../../../lib/dev-ca/index.js';
import { checkedDevCaOptions } from '../../../lib/dev-ca/checked-options.js';
import { network } from '../../../lib/dev-ca/validation/network.js';
import { validator } from '../../../lib/dev-ca/validation/validator.js';
import type { ChallengeRecord } from '../../../lib/testing/ca/records.js';
import type { ProblemInit } from '../../../lib/testing/ca/refusal.js';

export const token = 'a-token';
export const keyAuthorization = 'a-token.and-a-thumbprint';

/** Validates one challenge of a type for a name or an address, as a development CA with these options would. */
export function validating(type: string, value: string, options: DevCaOptions): Promise<ProblemInit | undefined> {
  const checked = checkedDevCaOptions(options);
  const validate = validator(network(checked), checked);
  const identifier = { type: /^[\d.]+$|:/.test(value) ? 'ip' : 'dns', value };
  const challenge = { type, token, authorization: { identifier } } as ChallengeRecord;
  return lastValueFrom(defer(() => validate(challenge, keyAuthorization)));
}
