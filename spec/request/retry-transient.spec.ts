import { concat, defer, EMPTY, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  type AcmeError,
  AcmeInputError,
  AcmePortError,
  AcmeProblemError,
  AcmeRateLimitedError,
  AcmeTransportError,
  AcmeUnsupportedError,
  AcmeUserActionRequiredError,
  failedIssuanceSchedule,
  type FailedAttempt,
  retrySchedule,
  retryTransient,
  retryWithBackoff,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { virtualTime } from '../support/marbles.js';

covers('rateLimits');

const lost = new AcmeTransportError('connection reset');
const failure = (error: AcmeError, attempt = 1, random = 0.5): FailedAttempt => ({
  error,
  attempt,
  elapsedMs: 0,
  random: () => random,
});
const problemNamed = (name: string) => ({
  type: `urn:ietf:params:acme:error:${name}`,
  detail: name,
  subproblems: [],
  algorithms: [],
  raw: {},
});
const problem = (name: string, details: object = {}) => new AcmeProblemError(problemNamed(name), details);

describe('retryTransient', () => {
  it('subscribes again after the wait that the policy says, and passes on what each attempt emits', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      const attempts = [cold('-a#', undefined, lost), cold('-b#', undefined, lost), cold('-c|')];
      const source = defer(() => attempts.shift() ?? EMPTY);
      const retried = source.pipe(retryTransient({ policy: ({ attempt }) => attempt * 10, scheduler }));
      expectObservable(retried).toBe('-a 11ms b 21ms c|');
    }));

  it('tells the policy of the error, the attempt and the time since the first began', () =>
    virtualTime(({ scheduler, cold, expectObservable, flush }) => {
      const heard: object[] = [];
      const policy = ({ error, attempt, elapsedMs, random }: FailedAttempt) => {
        heard.push({ error, attempt, elapsedMs, chance: random() });
        return attempt < 3 ? 100 : undefined;
      };
      const retried = cold('5ms #', undefined, lost).pipe(retryTransient({ policy, scheduler, random: () => 0.25 }));
      expectObservable(retried).toBe('215ms #', undefined, lost);
      flush();
      expect(heard).toEqual([
        { error: lost, attempt: 1, elapsedMs: 5, chance: 0.25 },
        { error: lost, attempt: 2, elapsedMs: 110, chance: 0.25 },
        { error: lost, attempt: 3, elapsedMs: 215, chance: 0.25 },
      ]);
    }));

  it('counts each subscription from the start', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const failing = throwError(() => lost).pipe(
        retryTransient({ policy: ({ attempt }) => (attempt === 1 ? 10 : undefined), scheduler }),
      );
      expectObservable(failing).toBe('10ms #', undefined, lost);
      expectObservable(failing, '50ms ^').toBe('60ms #', undefined, lost);
    }));

  it('leaves no timer when it is unsubscribed while it waits', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const retried = throwError(() => lost).pipe(retryTransient({ policy: () => 1_000, scheduler }));
      expectObservable(retried, '^ 100ms !').toBe('');
      flush();
      expect(scheduler.delays).toEqual([1_000]);
    }));

  it('passes on at once what is no AcmeError, and never asks the policy', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const other = new TypeError('a mistake');
      const policy = () => {
        throw new Error('asked');
      };
      expectObservable(throwError(() => other).pipe(retryTransient({ policy, scheduler }))).toBe('#', undefined, other);
    }));

  it.each<[string, () => number]>([
    [
      'throws',
      () => {
        throw new Error('no policy today');
      },
    ],
    ['returns no number', () => NaN],
  ])('errors with AcmePortError where the policy %s', (_what, policy) =>
    virtualTime(({ scheduler, flush }) => {
      let error: unknown;
      throwError(() => lost)
        .pipe(retryTransient({ policy, scheduler }))
        .subscribe({ error: (each: unknown) => (error = each) });
      flush();
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ port: 'retryPolicy', message: expect.stringContaining('retryPolicy') });
    }),
  );

  it('survives 10,000 failures in a row without waiting', () =>
    virtualTime(({ scheduler, flush }) => {
      let attempts = 0;
      const source = defer(() => (++attempts > 10_000 ? of('done') : throwError(() => lost)));
      const seen: string[] = [];
      source.pipe(retryTransient({ policy: () => 0, scheduler })).subscribe((each) => seen.push(each));
      flush();
      expect(seen).toEqual(['done']);
    }));

  it('tries what emitted already again as a whole', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const source = concat(
        of('a'),
        throwError(() => lost),
      );
      const retried = source.pipe(
        retryTransient({ policy: ({ attempt }) => (attempt === 1 ? 3 : undefined), scheduler }),
      );
      expectObservable(retried).toBe('a--(a#)', undefined, lost);
      expectObservable(concat(retried, NEVER), '^-!').toBe('a--');
    }));
});

describe('retryWithBackoff', () => {
  const waits = (policy: ReturnType<typeof retryWithBackoff>, error: AcmeError, random?: number) =>
    Array.from({ length: 12 }, (_, index) => policy(failure(error, index + 1, random)));

  it('doubles its waits up to ten seconds, as often as it may', () => {
    expect(waits(retryWithBackoff({ maxRetries: 8 }), lost)).toEqual([
      ...[250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000],
      ...new Array<undefined>(4).fill(undefined),
    ]);
    expect(retryWithBackoff({ maxRetries: 0 })(failure(lost))).toBeUndefined();
  });

  it.each([
    [0, 200],
    [1, 300],
  ])('adds or takes away up to a fifth by chance (%d)', (random, ms) => {
    expect(retryWithBackoff()(failure(lost, 1, random))).toBe(ms);
  });

  it('waits for Retry-After, and never for less', () => {
    const busy = problem('serverInternal', { status: 500, retryAfterMs: 700 });
    expect(waits(retryWithBackoff(), busy).slice(0, 4)).toEqual([700, 700, 1_000, 2_000]);
  });

  it('gives up at once where the server asks for longer than the cap', () => {
    const busy = problem('serverInternal', { status: 500, retryAfterMs: 60_001 });
    expect(retryWithBackoff()(failure(busy))).toBeUndefined();
    expect(retryWithBackoff({ maxRetryAfterMs: 90_000 })(failure(busy))).toBe(60_001);
  });
});

describe('retrySchedule', () => {
  it('goes through its list and stays with the last', () => {
    const policy = retrySchedule([10, 20]);
    expect([1, 2, 3, 100].map((attempt) => policy(failure(lost, attempt)))).toEqual([10, 20, 20, 20]);
  });

  it('waits for longer where the server asks for it', () => {
    const limited = new AcmeRateLimitedError(problemNamed('rateLimited'), { retryAfterMs: 7_200_000 });
    expect(failedIssuanceSchedule(failure(limited))).toBe(7_200_000);
  });

  it.each<[string, AcmeError]>([
    ['a rate limit without an end', new AcmeRateLimitedError(problemNamed('rateLimited'))],
    ['what a person has to do', new AcmeUserActionRequiredError(problemNamed('userActionRequired'))],
    ['what the server does not offer', new AcmeUnsupportedError('no profiles')],
    ['unusable input', new AcmeInputError('no such key')],
    ['a rejected name', problem('rejectedIdentifier', { status: 400 })],
  ])('gives up on %s', (_what, error) => {
    expect(failedIssuanceSchedule(failure(error))).toBeUndefined();
  });

  it.each<[string, AcmeError]>([
    ['a failed validation', new AcmeAuthorizationError([])],
    ['a failed port, a DNS provider say', new AcmePortError('solver', new Error('down'))],
    ['a problem of the server', problem('serverInternal', { status: 500 })],
  ])('goes on after %s', (_what, error) => {
    expect(failedIssuanceSchedule(failure(error))).toBe(60_000);
  });

  it.each([[[]], [[-1]], [[NaN]]])('refuses the list %j', (delaysMs) => {
    expect(() => retrySchedule(delaysMs)).toThrow(TypeError);
  });
});
