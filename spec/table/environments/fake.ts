import { EMPTY, defer, from, lastValueFrom, of, type SchedulerLike, type TimestampProvider } from 'rxjs';
import { closeSession, toIdentifier } from '../../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  synchronousCertificateKey,
  synchronousPorts,
  synchronousSigner,
  testSession,
  virtualTime,
} from '../../../lib/testing/index.js';
import { countRefusals } from '../../servers/support/refusals.js';
import type { Environment, Ground, Outcome, Ran } from '../environment.js';
import type { Flow } from '../flows.js';
import { outcomeOf } from '../outcome.js';
import { externalAccount, externalAccounts } from './external-account.js';
import { presentedCount } from './solvers.js';

/** Runs a flow in real time, against a fake CA that is done at once. */
export async function onFake(flow: Flow): Promise<Ran> {
  const { environment, left } = fakeEnvironment(flow.ground, {});
  try {
    return { outcome: await lastValueFrom(outcomeOf(flow.client(environment))), left: left() };
  } finally {
    closeSession(environment.session);
  }
}

/** Runs a flow in virtual time, against a fake CA that takes its time over everything. */
export const inVirtualTime = (flow: Flow): Ran =>
  virtualTime(({ scheduler, clock, flush }) => {
    const slow: FakeCaOptions = {
      latencyMs: 30,
      validation: { delayMs: 4_000 },
      issuance: { delayMs: 7_000 },
      retryAfter: '3',
    };
    const { environment, left } = fakeEnvironment(flow.ground, slow, { scheduler, clock });
    let outcome: Outcome | undefined;
    outcomeOf(flow.client(environment)).subscribe((each) => (outcome = each));
    flush();
    if (outcome === undefined)
      throw new Error('virtual time is over, and the flow is not: something in it is a Promise');
    return { outcome, left: left() };
  });

const names = { refused: ['refused.test', 'www.refused.test'], unreachable: 'unreachable.test' };

const grounds: Readonly<Record<Ground, FakeCaOptions>> = {
  usual: {},
  'names refused': {
    refuseIdentifier: ({ value }) =>
      names.refused.includes(value) ? { type: 'rejectedIdentifier', detail: 'on the list' } : undefined,
  },
  'half of the nonces refused': { badNonceEvery: 2 },
  'authorizations reused': { reuseAuthorizations: true },
  'external accounts required': { externalAccounts, externalAccountRequired: true },
};

function fakeEnvironment(
  ground: Ground,
  options: FakeCaOptions,
  time: { readonly scheduler?: SchedulerLike; readonly clock?: TimestampProvider } = {},
): { readonly environment: Environment; readonly left: () => number } {
  const solver = recordingSolver();
  const ca = fakeCa({
    termsOfService: 'https://ca.test/terms',
    roots: ['fake root', 'other fake root'],
    solver,
    ...options,
    ...grounds[ground],
    ...time,
    validation: {
      ...options.validation,
      outcome: ({ identifier }) =>
        identifier.value === names.unreachable ? { type: 'connection', detail: 'nothing answers' } : undefined,
    },
  });
  const { counted, left } = presentedCount();
  const { interceptor, seen } = countRefusals();
  const { certificateRequestBuilder } = synchronousPorts();
  let keys = 0;
  const environment: Environment = {
    session: testSession(ca, { interceptors: [interceptor], ...time }),
    poll: {},
    solvers: {
      http01: counted({ ...solver, types: ['http-01'] }),
      dns01: counted({ ...solver, types: ['dns-01'] }),
    },
    names,
    externalAccount,
    signer: () => of(synchronousSigner(`account ${++keys}`)),
    certificateKey: () => of(synchronousCertificateKey(`own ${++keys}`)),
    request: (key, values) => from(certificateRequestBuilder?.(key, values.map(toIdentifier)) ?? EMPTY),
    refusedNonces: () => seen.refused,
    control: {
      forgetNonces: () =>
        defer(() => {
          ca.forgetNonces();
          return EMPTY;
        }),
    },
  };
  return { environment, left: () => Math.max(left(), solver.presented.length) };
}
