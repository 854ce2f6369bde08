import { inspect } from 'node:util';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeBadNonceError,
  AcmeError,
  AcmePortError,
  AcmeProblemError,
  AcmeProtocolError,
  AcmeRateLimitedError,
  AcmeUserActionRequiredError,
  getAccount,
  isAcmeError,
  signedRequest,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { type Answer, accountUrl, problem } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { errorOf, virtualTime } from '../support/virtual-time.js';

covers('problems', 'rateLimits');

const nowMs = Date.UTC(2026, 0, 1);

/** The error that an answer becomes, and nothing else of it. */
const errorFor = (answer: Answer): AcmeProblemError =>
  virtualTime((time) => {
    const { ca, account } = syncBench(time.scheduler, {}, { maxBadNonceRetries: 0, retry: () => undefined });
    ca.script('account', () => answer);
    const error = errorOf(
      time,
      of({ url: accountUrl, payload: '', recovery: 'never' } as const).pipe(signedRequest(account)),
    );
    expect(error).toBeInstanceOf(AcmeError);
    return error as AcmeProblemError;
  });

const html = { 'content-type': 'text/html; charset=utf-8' };
const text = { 'content-type': 'text/plain' };

describe('without a problem document', () => {
  it.each<[string, Answer, string]>([
    [
      '500 with HTML',
      { status: 500, headers: html, body: '<html><h1>Oops</h1></html>' },
      '500 error: no problem document',
    ],
    ['502 without a type', { status: 502, body: 'Bad gateway' }, '502 error: no problem document'],
    ['404 with text', { status: 404, headers: text, body: 'page not found\nat line 2' }, 'page not found'],
    ['404 with empty text', { status: 404, headers: text, body: '' }, '404 error: no problem document'],
    ['403 without a body', { status: 403 }, '403 error: no problem document'],
    [
      '400 with a type that lies',
      { status: 400, headers: { 'content-type': 'application/problem+json' }, body: '<html>' },
      '400 error: no problem document',
    ],
    [
      '400 with JSON that is no object',
      { status: 400, headers: { 'content-type': 'application/json' }, body: '["odd"]' },
      '400 error: no problem document',
    ],
    [
      '400 with an empty document',
      { status: 400, headers: { 'content-type': 'application/problem+json' }, body: '' },
      '400 error: no problem document',
    ],
    ['503 without Retry-After', { status: 503, headers: html, body: '' }, '503 error: no problem document'],
    ['100 to 199', { status: 103 }, '103 error: no problem document'],
  ])('%s is an AcmeProblemError that says the status', (_what, answer, message) => {
    const error = errorFor(answer);
    expect(error.code).toBe('problem');
    expect(error).toMatchObject({ name: 'AcmeProblemError', url: accountUrl, status: answer.status });
    expect(error.problem).toMatchObject({ type: 'about:blank', status: answer.status, subproblems: [] });
    expect(error.message).toContain(message);
    expect(error.message).toContain(`(${accountUrl})`);
    expect(error.message).not.toContain('<');
    expect(error.message).not.toContain('\n');
  });

  it.each<[string, string, string]>([
    [
      'its title',
      '<!DOCTYPE html><html>\n<head><TITLE lang="en">\n 502 Bad Gateway </TITLE></head>',
      '502 error: 502 Bad Gateway',
    ],
    ['no more than that', '<title>Oops</title><p>secret</p>', '502 error: Oops'],
    ['no character that moves a cursor', '<title>a\u001b[31mb\u009bc</title>', '502 error: a [31mb c'],
    ['the status where the title is empty', '<title> </title>', '502 error: no problem document'],
    [
      'the status where the title comes late',
      `${' '.repeat(5000)}<title>late</title>`,
      '502 error: no problem document',
    ],
    ['a line where the title does not end', `<title>${'x'.repeat(5000)}`, '502 error: no problem document'],
    ['the status of a page of brackets', '<title'.repeat(100_000), '502 error: no problem document'],
  ])('of a page of HTML it says %s', (_what, body, message) => {
    const error = errorFor({ status: 502, headers: html, body });
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/[<>]|secret/);
    expect(error.message.length).toBeLessThan(300);
  });

  it('shows no control characters and no more than a line of text', () => {
    const { message } = errorFor({ status: 404, headers: text, body: `a\u001b[31mb\u0007${'x'.repeat(5000)}` });
    expect(message).toMatch(/^[\x20-\x7e]+$/);
    expect(message.length).toBeLessThan(300);
  });

  it.each<[string, Answer]>([
    ['503 with Retry-After', { status: 503, headers: { ...html, 'retry-after': '120' }, body: '<html>' }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '120' } }],
    [
      '429 with a document without a type',
      {
        ...problem('x', { status: 429, type: undefined }),
        headers: { 'content-type': 'application/problem+json', 'retry-after': '120' },
      },
    ],
  ])('%s is rate limiting, with the time to come back', (_what, answer) => {
    const error = errorFor(answer);
    expect(error).toBeInstanceOf(AcmeRateLimitedError);
    expect(error).toMatchObject({ code: 'rateLimited', retryAfterMs: 120_000, retryAt: new Date(nowMs + 120_000) });
  });

  it('429 without Retry-After is rate limiting without a time', () => {
    const error = errorFor({ status: 429, headers: html, body: '' });
    expect(error).toBeInstanceOf(AcmeRateLimitedError);
    expect(error.retryAt).toBeUndefined();
  });
});

describe('with a problem document', () => {
  it.each([
    'application/problem+json',
    'application/problem+json; charset=utf-8',
    'Application/Problem+JSON;charset=UTF-8',
    // RFC 9110 §8.3.1: one type in several spellings; and servers that forget to say what it is.
    'Application/Problem+JSON;charset="UTF-8"',
    'application/json',
    'application/json; charset=utf-8',
    'text/html',
    undefined,
  ])('of type %s it is read', (type) => {
    const error = errorFor(problem('unauthorized', { status: 403, detail: 'not yours' }, { 'content-type': type }));
    expect(error).toMatchObject({
      status: 403,
      problem: { type: 'urn:ietf:params:acme:error:unauthorized', detail: 'not yours' },
    });
    expect(error.message).toBe('403 unauthorized: not yours');
  });

  it('names every subproblem and the URL for a person', () => {
    const error = errorFor(
      problem('rejectedIdentifier', {
        detail: 'some are refused',
        instance: 'https://ca.test/help/1',
        subproblems: [
          { type: 'urn:ietf:params:acme:error:caa', detail: 'forbidden', identifier: { type: 'dns', value: 'a.test' } },
          { type: 'https://ca.test/odd', identifier: { type: 'dns', value: 'b.test' } },
        ],
      }),
    );
    for (const part of [
      'some are refused',
      'a.test: caa: forbidden',
      'b.test: https://ca.test/odd',
      'https://ca.test/help/1',
    ]) {
      expect(error.message).toContain(part);
    }
    expect(error.problem.subproblems).toHaveLength(2);
  });

  // The type decides; servers differ in the status that they send with it.
  it.each([400, 401, 403, 409, 429, 500, 503])('its type decides, whatever the status (%i)', (status) => {
    expect(errorFor(problem('rateLimited', { status }))).toBeInstanceOf(AcmeRateLimitedError);
    expect(errorFor(problem('badNonce', { status }))).toBeInstanceOf(AcmeBadNonceError);
    expect(errorFor(problem('userActionRequired', { status }))).toBeInstanceOf(AcmeUserActionRequiredError);
    const plain = errorFor(problem('malformed', { status }, { 'retry-after': '5' }));
    expect(plain.code).toBe('problem');
    expect(plain).not.toBeInstanceOf(AcmeRateLimitedError);
    expect(plain.retryAfterMs).toBe(5_000);
  });

  it('that says rateLimited without Retry-After is for a person: no time, but the link for help', () => {
    const error = errorFor(
      problem('rateLimited', { status: 429, detail: 'paused' }, { link: '<https://ca.test/unpause>;rel="help"' }),
    );
    expect(error).toMatchObject({ links: [{ url: 'https://ca.test/unpause', relations: ['help'] }] });
    expect(error).not.toHaveProperty('retryAt');
    expect(error).not.toHaveProperty('retryAfterMs');
  });

  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 2026 01:00:00 GMT', 3_600_000],
    ['0', 0],
  ])('gives Retry-After: %s as an instant of this machine’s clock', (value, ms) => {
    expect(errorFor(problem('rateLimited', {}, { 'retry-after': value }))).toMatchObject({
      retryAfterMs: ms,
      retryAt: new Date(nowMs + ms),
    });
  });

  it('counts a date from the server’s clock, not from this one', () => {
    const headers = { date: 'Mon, 01 Jan 2035 00:00:00 GMT', 'retry-after': 'Mon, 01 Jan 2035 00:05:00 GMT' };
    expect(errorFor(problem('rateLimited', {}, headers)).retryAt).toEqual(new Date(nowMs + 300_000));
  });

  it.each(['-1', 'soon', '1.5', '', '120, 120'])('ignores Retry-After: %j', (value) => {
    expect(errorFor(problem('rateLimited', {}, { 'retry-after': value }))).not.toHaveProperty('retryAt');
  });

  it('has a valid retryAt however long the server asks to wait', () => {
    const { retryAt } = errorFor(problem('rateLimited', {}, { 'retry-after': '99999999999999' }));
    expect(retryAt === undefined || Number.isFinite(retryAt.getTime())).toBe(true);
  });

  it('keeps what the server lists for badSignatureAlgorithm', () => {
    expect(errorFor(problem('badSignatureAlgorithm', { algorithms: ['RS256', 'ES256'] })).problem.algorithms).toEqual([
      'RS256',
      'ES256',
    ]);
  });
});

describe('what comes with it', () => {
  it('stays on the error: status, links, headers, where it is about', () => {
    const headers = {
      link: '<https://ca.test/directory>;rel="index", <https://ca.test/terms>;rel="terms-of-service", </help>;rel="help"',
      'x-request-id': 'r1',
    };
    expect(errorFor(problem('userActionRequired', { status: 403 }, headers))).toMatchObject({
      url: accountUrl,
      status: 403,
      links: [
        { url: 'https://ca.test/directory', relations: ['index'] },
        { url: 'https://ca.test/terms', relations: ['terms-of-service'] },
        { url: 'https://ca.test/help', relations: ['help'] },
      ],
      headers: { 'x-request-id': 'r1', 'content-type': 'application/problem+json' },
    });
  });

  it('of status 409 names the resource that is in the way', () => {
    const location = 'https://ca.test/account/7';
    const error = errorFor(problem('malformed', { status: 409 }, { location }));
    expect(error).toMatchObject({ status: 409, headers: { location } });
    expect(isAcmeError(error, 'malformed')).toBe(true);
  });

  it('is what describeProblem says: RFC 8555 §7.3.3, a visit to make', () => {
    const error = errorFor(
      problem('userActionRequired', {
        status: 403,
        detail: 'Terms of service have changed',
        instance: 'https://example.com/acme/agreement/?token=W8Ih3PswD-8',
      }),
    );
    expect(error.message).toBe(
      '403 userActionRequired: Terms of service have changed\n  see https://example.com/acme/agreement/?token=W8Ih3PswD-8',
    );
  });

  it('is shown by its title where there is no detail, and moves no cursor', () => {
    const subproblems = [{ type: 'urn:ietf:params:acme:error:dns', title: 'No\u001b[2Jrecord' }];
    const error = errorFor(problem('compound', { detail: undefined, title: 'Two\nlines', subproblems }));
    expect(error.message).toBe('400 compound: Two lines\n  dns: No [2Jrecord');
  });
});

describe('what is printed', () => {
  const headers = {
    'replay-nonce': 'secretNonce',
    'set-cookie': 'session=secretCookie',
    'www-authenticate': 'secretChallenge',
    authorization: 'secretAuthorization',
    'proxy-authenticate': 'secretProxy',
    'x-request-id': 'kept',
  };
  const printed = (error: unknown) =>
    [String(error), JSON.stringify(error), inspect(error, { depth: 9 }), (error as Error).stack].join();

  it.each<[string, Answer]>([
    ['a problem', problem('malformed', {}, headers)],
    ['rate limiting', problem('rateLimited', {}, headers)],
    ['a refused nonce', problem('badNonce', {}, headers)],
    ['a redirect', { status: 302, headers }],
    ['an outage', { status: 500, headers }],
  ])('of %s holds no nonce and no cookie', (_what, answer) => {
    const error = errorFor(answer);
    expect(error.headers).toMatchObject({ 'x-request-id': 'kept' });
    expect(JSON.stringify(error.headers)).not.toContain('secret');
    expect(printed(error)).not.toContain('secret');
  });

  it('of an answer that cannot be read does not hold its body, which is there all the same', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', () => ({ body: '{"status": "secret', headers }));
      const error = errorOf(time, getAccount(account)) as AcmeProtocolError;
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(printed(error)).not.toContain('secret');
      expect(Buffer.from(error.body ?? []).toString()).toContain('secret');
    }));

  it('of an answer that cannot be read names its URL, also as a member', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', () => ({ body: 'no JSON' }));
      expect(errorOf(time, getAccount(account))).toMatchObject({ code: 'protocol', url: accountUrl });
    }));

  it('of a signer that failed holds none of what was signed, nor the private key', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler);
      const publicJwk = { ...account.signer.publicJwk, d: 'secretKey' };
      const signer = {
        ...account.signer,
        publicJwk,
        sign: () => {
          throw new Error('asleep');
        },
      };
      const error = errorOf(time, getAccount({ ...account, signer }));
      expect(error).toBeInstanceOf(AcmePortError);
      expect(printed(error)).not.toMatch(/secret|nonce-/);
    }));
});
