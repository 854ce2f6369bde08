/** What a hostile or broken server can answer, whatever it is asked. */
import type { Fault, FaultyAnswer } from '../support/fault-answers.js';

type Change = (answer: FaultyAnswer, now: Date) => FaultyAnswer;

const utf8 = new TextEncoder();
const textOf = ({ body }: FaultyAnswer): string => new TextDecoder().decode(body);
const isObject = (answer: FaultyAnswer): boolean => textOf(answer).startsWith('{');

const body =
  (made: string | Uint8Array): Change =>
  (answer) => ({ ...answer, body: typeof made === 'string' ? utf8.encode(made) : made });

const header =
  (name: string, value: string): Change =>
  (answer) => ({ ...answer, headers: { ...answer.headers, [name]: value } });

const status =
  (code: number): Change =>
  (answer) => ({ ...answer, status: code });

/** Puts something else in the place of members, where there are such; leaves other answers as they are. */
const members =
  (change: (name: string, value: unknown) => unknown): Change =>
  (answer) => {
    if (!isObject(answer)) return answer;
    const changed = (value: unknown, name: string): unknown => {
      const now = change(name, value);
      if (now !== value || typeof value !== 'object' || value === null) return now;
      if (Array.isArray(value)) return value.map((each) => changed(each, name));
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changed(each, key)]));
    };
    return { ...answer, body: utf8.encode(JSON.stringify(changed(JSON.parse(textOf(answer)), ''))) };
  };

const isUrl = (value: unknown): value is string => typeof value === 'string' && /^https:/.test(value);
const urls = (to: (url: string) => string) => members((_name, value) => (isUrl(value) ? to(value) : value));
const statuses = (to: unknown) => members((name, value) => (name === 'status' ? to : value));

/** Adds a member in front of those that are there. */
const nested =
  (inner: string): Change =>
  (answer) =>
    isObject(answer) ? { ...answer, body: utf8.encode(textOf(answer).replace('{', `{"more":${inner},`)) } : answer;

const problem =
  (code: number, text: string): Change =>
  (answer) => ({
    status: code,
    headers: { ...answer.headers, 'content-type': 'application/problem+json' },
    body: utf8.encode(text),
  });

const dayMs = 86_400_000;
const dated =
  (ms: number): Change =>
  (answer, now) =>
    header('date', new Date(now.getTime() + ms).toUTCString())(answer, now);

const deep = (count: number) => '['.repeat(count) + ']'.repeat(count);

/** By name. Each is carried out, and answered with this. */
export const hostileAnswers: Readonly<Record<string, Change>> = {
  'a million brackets': body('['.repeat(1_000_000)),
  'a hundred thousand objects, one in the other': body('{"a":'.repeat(100_000)),
  'an unknown member a hundred thousand lists deep': nested(deep(100_000)),
  'an unknown member called __proto__': nested('1,"__proto__":{"status":"valid","polluted":1}'),
  'ten thousand members': nested(`{${Array.from({ length: 10_000 }, (_, index) => `"m${index}":0`).join()}}`),
  'JSON behind a byte order mark': (answer) => body(`\ufeff${textOf(answer)}`)(answer, new Date(0)),
  'two JSON texts, one behind the other': (answer) => body(textOf(answer).repeat(2))(answer, new Date(0)),
  'the number 1e999 and lone surrogates': body('{"status":1e999,"x":"\\ud800"}'),
  null: body('null'),
  'an answer cut after its first half': (answer) => ({
    ...answer,
    body: answer.body.subarray(0, answer.body.length >> 1),
  }),
  'a megabyte of blanks': body(' '.repeat(1_048_576)),
  'octets that are no UTF-8': body(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
  'a status that does not exist': statuses('magic'),
  'a status that is a word of JavaScript': statuses('constructor'),
  'a status that is a list': statuses(['valid']),
  'always the status pending': statuses('pending'),
  'always the status processing': statuses('processing'),
  'always the status ready': statuses('ready'),
  'always the status valid': statuses('valid'),
  'always the status invalid': statuses('invalid'),
  'always the status deactivated': statuses('deactivated'),
  'URLs of another origin': urls((url) => url.replace('https://ca.test', 'https://elsewhere.test')),
  'URLs of a network of its own': urls(() => 'https://169.254.169.254/latest/meta-data'),
  'URLs without TLS': urls((url) => url.replace('https:', 'http:')),
  'URLs of files': urls(() => 'file:///etc/passwd'),
  'URLs that are scripts': urls(() => 'javascript:alert(1)'),
  'URLs that are relative': urls((url) => new URL(url).pathname),
  'URLs with a name and a password': urls((url) => url.replace('https://', 'https://user:secret@')),
  'URLs with spaces and quotes': urls((url) => `${url}/a b"<>'`),
  'one URL for everything': urls(() => 'https://ca.test/directory'),
  'a URL of a hundred thousand characters': urls((url) => `${url}?${'x'.repeat(100_000)}`),
  'a redirect to itself': (answer) => ({
    ...answer,
    status: 307,
    headers: { ...answer.headers, location: 'https://ca.test/order/1' },
  }),
  'a redirect without TLS': (answer) => ({
    ...answer,
    status: 301,
    headers: { ...answer.headers, location: 'http://ca.test/' },
  }),
  'a Location elsewhere': header('location', 'https://elsewhere.test/order/1'),
  'a Location without TLS': header('location', 'http://ca.test/order/1'),
  'two Locations in one': header('location', 'https://ca.test/order/1, https://ca.test/order/2'),
  'a Location of nothing': header('location', ''),
  'a Link that never closes': header('link', `<${'x'.repeat(100_000)}`),
  'a hundred thousand commas for a Link': header('link', ','.repeat(100_000)),
  'thousands of links to alternates': header('link', '<https://ca.test/certificate/1>;rel="alternate",'.repeat(2_000)),
  'links up to itself': header('link', '<>;rel="up alternate next index"'),
  'two nonces in one': header('replay-nonce', 'abc, def'),
  'a nonce of a hundred thousand characters': header('replay-nonce', 'x'.repeat(100_000)),
  'always the same nonce': header('replay-nonce', 'again'),
  'a nonce with a line feed': header('replay-nonce', 'a\nb'),
  'a Retry-After below zero': header('retry-after', '-5'),
  'a Retry-After of two': header('retry-after', '1, 2'),
  'a Retry-After that JavaScript would read': header('retry-after', '0x10'),
  'a Retry-After of a thousand digits': header('retry-after', '9'.repeat(1_000)),
  'a Retry-After in the past': header('retry-after', 'Thu, 01 Jan 1970 00:00:00 GMT'),
  'a clock a day ahead': dated(dayMs),
  'a clock a day behind': dated(-dayMs),
  'a clock of another millennium': header('date', 'Fri, 31 Dec 9999 23:59:59 GMT'),
  'a Date that is none': header('date', 'yesterday'),
  'a content type of a hundred thousand characters': header('content-type', `text/${'x'.repeat(100_000)}`),
  'the status 0': status(0),
  'the status 204': status(204),
  'the status 304': status(304),
  'the status 402': status(402),
  'the status 418': status(418),
  'the status 501': status(501),
  'the status 999': status(999),
  'a problem that is a list': problem(400, '[]'),
  'a problem whose members are objects': problem(
    403,
    '{"type":{},"detail":[],"status":{},"subproblems":{},"instance":7}',
  ),
  'a problem with problems in problems': problem(
    403,
    `{"type":"x","subproblems":${'[{"subproblems":'.repeat(5_000)}[]${'}]'.repeat(5_000)}}`,
  ),
  'a problem with a million letters': problem(403, JSON.stringify({ type: 'urn:x', detail: 'x'.repeat(1_000_000) })),
  'a problem of a type called __proto__': problem(403, '{"type":"urn:ietf:params:acme:error:__proto__"}'),
  'a problem cut in the middle': problem(403, '{"type":"urn:ietf:params:acme:err'),
  'badNonce without a nonce': (answer) => ({
    ...problem(400, '{"type":"urn:ietf:params:acme:error:badNonce"}')(answer, new Date(0)),
    headers: { 'content-type': 'application/problem+json' },
  }),
  'a chain with a key in it': (answer) =>
    textOf(answer).startsWith('-----BEGIN')
      ? body(`${textOf(answer)}-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n`)(answer, new Date(0))
      : answer,
  'a chain of ten thousand': (answer) =>
    textOf(answer).startsWith('-----BEGIN')
      ? body('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'.repeat(10_000))(answer, new Date(0))
      : answer,
};

/** The same, as the fault that it is. Who says that a nonce is bad has not carried out anything. */
export const hostileFault = (name: string): Fault => ({
  carriedOut: !name.startsWith('badNonce'),
  end: hostileAnswers[name] as Change,
});
