import fc from 'fast-check';
import { EMPTY, throwError, timer } from 'rxjs';
import { expect, it } from 'vitest';
import { AcmeError, obtainCertificate } from '../../lib/index.js';
import { bend, lost, never, unreachable } from '../request/scripts.js';
import { type Operation, problem, type Script } from '../support/scripted-ca.js';
import { nameOf, recordingSolver, syncBench } from '../support/sync-ports.js';
import { record, virtualTime } from '../support/virtual-time.js';

const troubles: Record<string, Script> = {
  lost,
  unreachable,
  never,
  'HTML 500': () => ({ status: 500, headers: { 'content-type': 'text/html' }, body: '<html>' }),
  '503 for a minute': () => ({ status: 503, headers: { 'retry-after': '60' } }),
  'a 404 of text': () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found' }),
  'an empty 200': () => ({}),
  'a redirect': () => ({ status: 302, headers: { location: 'https://elsewhere.test/' } }),
  'rate limiting': () => problem('rateLimited', { status: 429 }, { 'retry-after': '3600' }),
  'badNonce without a nonce': () => problem('badNonce', {}, { 'replay-nonce': undefined }),
  'carried out and called malformed': (carryOut) => {
    carryOut();
    return problem('malformed');
  },
  orderNotReady: () => problem('orderNotReady', { status: 403 }),
  'an odd status': bend((body) => ({ ...body, status: 'odd' })),
  'the status pending': bend((body) => ({ ...body, status: 'pending' })),
  'the status ready': bend((body) => ({ ...body, status: 'ready' })),
  'the status invalid': bend((body) => ({ ...body, status: 'invalid' })),
  'a day to wait': bend((body) => body, { 'retry-after': '86400' }),
  'an age to wait': bend((body) => body, { 'retry-after': '99999999999999' }),
  'no nonce': bend((body) => body, { 'replay-nonce': undefined }),
};

const operations = [
  'directory',
  'newNonce',
  'newOrder',
  'authorization',
  'challenge',
  'order',
  'finalize',
  'certificate',
] as const;
const names = ['a.test', '*.a.test', 'b.test'];

const happening = fc.record({
  operation: fc.constantFrom<Operation>(...operations),
  which: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constant('every' as const) },
  ),
  trouble: fc.constantFrom(...Object.keys(troubles)),
});

const course = fc.record({
  happenings: fc.array(happening, { maxLength: 4 }),
  latencyMs: fc.constantFrom(0, 10),
  validationMs: fc.constantFrom(0, 700),
  issuanceMs: fc.constantFrom(0, 700),
  badNonceEvery: fc.constantFrom(0, 2, 3, 7),
  invalid: fc.subarray(names),
  authorized: fc.subarray(names),
  solverFails: fc.subarray(['present', 'ready', 'cleanUp'] as const, { maxLength: 1 }),
  solverMs: fc.constantFrom(0, 15),
  maxRequestsInFlight: fc.constantFrom(1, 2, 16),
  leaveAfterMs: fc.option(fc.integer({ min: 0, max: 400 })),
});

it('whatever happens: an order ends in its certificate or in an error of ours, with nothing left behind', () => {
  fc.assert(
    fc.property(course, ({ happenings, solverFails, solverMs, leaveAfterMs, ...rest }) => {
      virtualTime((time) => {
        const { badNonceEvery, invalid, authorized, maxRequestsInFlight, ...pace } = rest;
        const detached: AcmeError[] = [];
        const settings = {
          ...pace,
          badNonce: (post: number) => badNonceEvery > 0 && post % badNonceEvery === 0,
          invalid: (name: string) => invalid.includes(name),
          authorized: (name: string) => authorized.includes(name),
        };
        const options = { maxRequestsInFlight, onDetachedError: (error: AcmeError) => detached.push(error) };
        const { ca, account } = syncBench(time.scheduler, settings, options);
        for (const { operation, which, trouble } of happenings)
          ca.script(operation, troubles[trouble] as Script, which);
        const work = (what: string) => () => {
          if (solverFails.some((each) => each === what)) return throwError(() => new Error('locked'));
          return solverMs === 0 ? EMPTY : timer(solverMs, time.scheduler);
        };
        const solver = recordingSolver({ present: work('present'), ready: work('ready'), cleanUp: work('cleanUp') });
        const recording = record(obtainCertificate(account, { identifiers: names, solvers: [solver] }));
        if (leaveAfterMs !== null)
          time.scheduler.schedule(() => {
            recording.unsubscribe();
          }, leaveAfterMs);
        time.flush();

        const { values, error, isComplete } = recording;
        if (error !== undefined) expect(error).toBeInstanceOf(AcmeError);
        if (leaveAfterMs === null) expect(isComplete || error !== undefined).toBe(true);
        expect(values.findIndex(({ type }) => type === 'certificate-issued')).toBe(isComplete ? values.length - 1 : -1);
        expect(solver.names('cleanUp').sort()).toEqual(solver.names('present').sort());
        const heard = values.filter(({ type }) => type === 'clean-up-failed').length + detached.length;
        expect(heard).toBe(
          solverFails.some((each) => each === 'cleanUp')
            ? solver.calls.filter(({ what }) => what === 'cleanUp').length
            : 0,
        );
        expect(solver.calls.map(({ task }) => nameOf(task)).every((name) => names.includes(name))).toBe(true);
        expect(time.timers()).toBe(0);
        expect(time.scheduler.now()).toBeLessThan(3_600_000);
        const posts = ca.history.filter(({ http }) => http.method === 'POST');
        const nonces = posts.map(({ header }) => header['nonce']);
        expect(new Set(nonces).size).toBe(nonces.length);
      });
    }),
    { numRuns: 300 },
  );
});
