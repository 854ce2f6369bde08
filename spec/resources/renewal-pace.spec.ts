import { describe, expect, it } from 'vitest';
import { AcmeProblemError, AcmeProtocolError, AcmeRateLimitedError, AcmeTransportError } from '../../lib/index.js';
import { afterAnswerMs, afterFailureMs } from '../../lib/resources/renewal-pace.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const document = { type: 'about:blank', subproblems: [], algorithms: [], raw: {} };
const middle = () => 0.5;
const caused = (...codes: string[]): Error | undefined =>
  codes.reduceRight<Error | undefined>(
    (cause, code) => Object.assign(new Error(code, cause === undefined ? {} : { cause }), { code }),
    undefined,
  );

describe('after an answer the server is asked again', () => {
  it.each([
    ['when it says', 21_600_000, 6 * hourMs],
    ['after a minute where it says at once', 0, minuteMs],
    ['after a minute where it says sooner', 59_999, minuteMs],
    ['after a day where it says later', 10 * 365 * 24 * hourMs, 24 * hourMs],
    ['after six hours where it does not say', undefined, 6 * hourMs],
  ])('%s', (_what, retryAfterMs, expected) => {
    expect(afterAnswerMs(retryAfterMs)).toBe(expected);
  });
});

describe('after a failure the server is asked again', () => {
  const after = (error: AcmeProblemError | AcmeTransportError | AcmeProtocolError, failures: number) =>
    afterFailureMs(error, failures, middle);

  it.each([
    ['a lost answer', new AcmeTransportError('lost', { cause: caused('ECONNRESET') })],
    ['a time limit', new AcmeTransportError('too late')],
    ['an error of the server', new AcmeProblemError(document, { status: 500 })],
    ['a server that is being mended', new AcmeRateLimitedError(document, { status: 503, retryAfterMs: 1 })],
  ])('soon and then later and later, where it was %s', (_what, error) => {
    expect([1, 2, 3, 4, 5, 1_000].map((failures) => after(error, failures) / minuteMs)).toEqual([
      1, 5, 25, 360, 360, 360,
    ]);
  });

  it.each([
    ['a name that the DNS does not know', new AcmeTransportError('x', { cause: caused('FETCH', 'ENOTFOUND') })],
    ['a port where nobody listens', new AcmeTransportError('x', { cause: caused('ECONNREFUSED') })],
    ['a certificate that is unknown', new AcmeProblemError(document, { status: 404 })],
    ['a limit', new AcmeRateLimitedError(document, { status: 429 })],
    ['an answer that makes no sense', new AcmeProtocolError('x')],
  ])('after six hours, where it was %s', (_what, error) => {
    expect([1, 2, 9].map((failures) => after(error, failures))).toEqual(Array(3).fill(6 * hourMs));
  });

  it('no sooner than it asks for, and after a day at the latest', () => {
    const limited = (retryAfterMs: number, status = 503) =>
      new AcmeRateLimitedError(document, { status, retryAfterMs });
    expect(after(limited(20 * minuteMs), 1)).toBe(20 * minuteMs);
    expect(after(limited(7 * hourMs, 429), 1)).toBe(7 * hourMs);
    expect(after(limited(48 * hourMs), 1)).toBe(24 * hourMs);
  });

  it('not by all at the same moment, and never within a minute', () => {
    const error = new AcmeTransportError('too late');
    expect([0, 1].map((chance) => afterFailureMs(error, 2, () => chance) / minuteMs)).toEqual([4.5, 5.5]);
    expect(afterFailureMs(error, 1, () => 0)).toBe(minuteMs);
  });

  it('also where one cause is the cause of another, round in circles', () => {
    const cause = new Error('round');
    cause.cause = cause;
    expect(after(new AcmeTransportError('x', { cause }), 1)).toBe(minuteMs);
  });
});
