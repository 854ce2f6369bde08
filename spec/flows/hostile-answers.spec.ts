import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { expect, it } from 'vitest';
import {
  AcmeError,
  authorizeIdentifier,
  deactivateOnFailure,
  leaveOutRefused,
  obtainCertificate,
} from '../../lib/index.js';
import type { FakeCaOptions } from '../../lib/testing/index.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { withFakeCa } from './with-fake-ca.js';

type Bench = ReturnType<typeof withFakeCa>;

const poll = { timeoutMs: 1_000 };

/** What is done, at a server that takes a moment for it. */
const courses: Readonly<Record<string, { options: FakeCaOptions; make: (bench: Bench) => Observable<unknown> }>> = {
  'ahead of an order': {
    options: { preAuthorization: true },
    make: ({ account, solver }) => authorizeIdentifier(account, { identifier: 'a.test', solvers: [solver], poll }),
  },
  'watched, tried again and given up': {
    options: {
      failedChallenges: 'pending',
      refuseIdentifier: ({ value }) => (value === 'x.test' ? { type: 'rejectedIdentifier' } : undefined),
    },
    make: work,
  },
  watched: { options: {}, make: work },
};

function work({ account, solver }: Bench) {
  const identifiers = ['a.test', '*.a.test', 'x.test'];
  const options = { identifiers, solvers: [solver], watchAuthorizations: true, whenRefused: leaveOutRefused, poll };
  return obtainCertificate(account, options).pipe(deactivateOnFailure(account));
}

const members = [
  ...['status', 'expires', 'identifiers', 'authorizations', 'finalize', 'certificate', 'error', 'profile', 'replaces'],
  ...['identifier', 'challenges', 'wildcard', 'type', 'url', 'token', 'validated', 'newAuthz', 'newOrder', 'meta'],
] as const;
const others: readonly unknown[] = [
  ...[undefined, null, 0, -1, 1e308, true, '', 'x', 'x'.repeat(10_000), [], [null], [{}], {}, [[[[[1]]]]]],
  JSON.parse('{"__proto__":{"status":"valid"},"constructor":1,"toString":null}'),
  ...[
    'javascript:x',
    'file:///etc/passwd',
    'http://169.254.169.254/',
    'data:,x',
    'https://other.test/x',
    '//x',
    '../..',
  ],
  ...[['javascript:x'], ['https://other.test/x'], '9999-99-99T00:00:00Z', 'valid', 'invalid', 'processing', 'pending'],
];
const headers: Readonly<Record<string, readonly (string | undefined)[]>> = {
  location: [undefined, '', 'x', '//other.test', 'javascript:x', 'https://[', 'https://ca.test/a, https://ca.test/b'],
  link: ['<', '<>;rel=up', '<javascript:x>;rel="up next alternate"', ','.repeat(10_000), '"'.repeat(10_001)],
  'retry-after': ['-1', '0', '999999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', '1,2'],
  'replay-nonce': [undefined, '', 'a b', 'always-the-same'],
  'content-type': [undefined, '', 'text/html'],
};

/** Puts a value in the place of a member, or of whatever is in it. */
const swapped = (json: Record<string, unknown>, member: string, value: unknown, deep: boolean) => {
  const now = json[member];
  const all = (object: object) => Object.fromEntries(Object.keys(object).map((name) => [name, value]));
  if (!deep || typeof now !== 'object' || now === null) return { ...json, [member]: value };
  return { ...json, [member]: Array.isArray(now) ? now.map((each: object) => all(Object(each) as object)) : all(now) };
};

const trick = fc.record({
  operation: fc.constantFrom('directory', 'newAuthz', 'newOrder', 'authorization', 'challenge', 'order', 'finalize'),
  when: fc.constantFrom('next' as const, 'always' as const),
  behaviour: fc.oneof(
    fc
      .record({ member: fc.constantFrom(...members), value: fc.constantFrom(...others), deep: fc.boolean() })
      .map(({ member, value, deep }) => ({
        edit: (json: Record<string, unknown>) => swapped(json, member, value, deep),
      })),
    fc
      .constantFrom(
        ...Object.entries(headers).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
      )
      .map(([name, value]) => ({ headers: { [name]: value } })),
  ),
});

it('whatever a server answers: it ends in what was asked for or in an error of ours, with nothing left behind', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(courses)),
      fc.array(trick, { minLength: 1, maxLength: 3 }),
      fc.subarray(['a.test']),
      (course, tricks, failing) => {
        virtualTime((time) => {
          const { options, make } = courses[course] as (typeof courses)[string];
          const outcome = ({ identifier }: { identifier: { value: string } }) =>
            failing.includes(identifier.value) ? { type: 'connection' } : undefined;
          const bench = withFakeCa(time, { ...options, validation: { delayMs: 100, outcome } });
          for (const { operation, behaviour, when } of tricks) bench.ca.script(operation, behaviour, when);
          const { values, error, isComplete } = completed(time, make(bench));

          if (error !== undefined) expect(error).toBeInstanceOf(AcmeError);
          expect(isComplete || error !== undefined).toBe(true);
          expect([bench.solver.presented, time.timers()]).toEqual([[], 0]);
          expect(time.scheduler.now()).toBeLessThan(3_600_000);
          const printed = inspect([values, error], { depth: 12 }) + JSON.stringify([values, error]);
          for (const { keyAuthorization = '-' } of bench.solver.withdrawn)
            expect(printed.includes(keyAuthorization) && keyAuthorization !== '-').toBe(false);
        });
      },
    ),
    { numRuns: 300 },
  );
});
