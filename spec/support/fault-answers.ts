/** An answer of a server, or what somebody between makes of it. */
export interface FaultyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What becomes of the answer: it never arrives, the connection breaks, or another one comes in its place. */
export type FaultyEnd = 'lost' | 'cut' | 'never' | ((answer: FaultyAnswer, now: Date) => FaultyAnswer);

/** One thing that goes wrong with a request. */
export interface Fault {
  /** Whether the request reaches the server. If not, `end` gets the answer of newNonce, for its nonce. */
  readonly carriedOut: boolean;
  readonly end: FaultyEnd;
  /** How many requests in a row it meets where it happens once. Default: 1. */
  readonly burst?: number;
}

const utf8 = new TextEncoder();
const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };
const asked = 5;

const text = (status: number, headers: Record<string, string>, body: string) => (): FaultyAnswer => ({
  status,
  headers,
  body: utf8.encode(body),
});

/** A refusal of the server itself, which gives a nonce with it. */
const problem =
  (name: string, status: number, headers: (now: Date) => Record<string, string> = () => ({})) =>
  (answer: FaultyAnswer, now: Date): FaultyAnswer => ({
    status,
    headers: { ...noncesOf(answer), 'content-type': 'application/problem+json', ...headers(now) },
    body: utf8.encode(JSON.stringify({ type: `urn:ietf:params:acme:error:${name}`, detail: 'as it happens', status })),
  });

const noncesOf = ({ headers }: FaultyAnswer): Record<string, string> =>
  headers['replay-nonce'] === undefined ? {} : { 'replay-nonce': headers['replay-nonce'] };

const withBody =
  (body: (answer: FaultyAnswer) => Uint8Array | string, type?: string) =>
  (answer: FaultyAnswer): FaultyAnswer => {
    const made = body(answer);
    const headers = type === undefined ? answer.headers : { ...answer.headers, 'content-type': type };
    return { ...answer, headers, body: typeof made === 'string' ? utf8.encode(made) : made };
  };

const withHeaders =
  (change: Readonly<Record<string, string | undefined>>) =>
  (answer: FaultyAnswer): FaultyAnswer => ({
    ...answer,
    headers: Object.fromEntries(
      Object.entries({ ...answer.headers, ...change }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>,
  });

const isJson = ({ headers }: FaultyAnswer): boolean => (headers['content-type'] ?? '').includes('json');

const textOf = ({ body }: FaultyAnswer): string => new TextDecoder().decode(body);

/** Members that pollute every object where they are assigned one after the other. */
const polluted = (answer: FaultyAnswer): Uint8Array | string =>
  isJson(answer) && textOf(answer).startsWith('{')
    ? textOf(answer).replace(
        '{',
        '{"__proto__":{"polluted":true,"status":"invalid"},"constructor":{"prototype":{"polluted":true}},',
      )
    : answer.body;

/** The names that the answer has, with values that none of them may have. */
const misshapen = (answer: FaultyAnswer): string => {
  const names = isJson(answer) ? Object.keys(JSON.parse(textOf(answer)) as object) : ['status'];
  return JSON.stringify(Object.fromEntries(names.map((name, index) => [name, index % 2 === 0 ? index : [[index]]])));
};

const after = (seconds: number) => (now: Date) => new Date(now.getTime() + seconds * 1000).toUTCString();

/** Everything that goes wrong, by name. */
export const faults = {
  'lost before it was carried out': { carriedOut: false, end: 'lost' },
  'lost after it was carried out': { carriedOut: true, end: 'lost' },
  'cut in the middle of the answer': { carriedOut: true, end: 'cut' },
  'never answered': { carriedOut: false, end: 'never' },
  'carried out and never answered': { carriedOut: true, end: 'never' },
  'a 500': { carriedOut: false, end: problem('serverInternal', 500) },
  'carried out and 500': { carriedOut: true, end: problem('serverInternal', 500) },
  '502 with HTML': { carriedOut: false, end: text(502, html, '<html><title>Bad Gateway</title></html>') },
  'a 503': { carriedOut: false, end: text(503, html, '<html><title>Service Unavailable</title></html>') },
  '503 with Retry-After': { carriedOut: false, end: text(503, { 'retry-after': `${asked}` }, '') },
  'carried out and 503 with Retry-After': { carriedOut: true, end: text(503, { 'retry-after': `${asked}` }, '') },
  '503 with Retry-After of a day': { carriedOut: false, end: text(503, { 'retry-after': '86400' }, '') },
  'a 429': { carriedOut: false, end: problem('rateLimited', 429) },
  '429 with Retry-After in seconds': {
    carriedOut: false,
    end: problem('rateLimited', 429, () => ({ 'retry-after': `${asked}` })),
  },
  '429 with Retry-After as a date': {
    carriedOut: false,
    end: problem('rateLimited', 429, (now) => ({ 'retry-after': after(asked)(now) })),
  },
  'badNonce, three times': { carriedOut: false, end: problem('badNonce', 400), burst: 3 },
  garbage: { carriedOut: true, end: withBody(() => Uint8Array.of(0xff, 0xfe, 0x00, 0x7b, 0x22, 0xc0, 0x80)) },
  'a page of HTML': { carriedOut: false, end: text(200, html, '<html><title>Welcome</title></html>') },
  'another content type': { carriedOut: true, end: withHeaders({ 'content-type': 'text/html; charset=utf-8' }) },
  'JSON of another shape': { carriedOut: true, end: withBody(misshapen, json['content-type']) },
  'JSON that is a list': { carriedOut: true, end: withBody(() => '[[],{}]', json['content-type']) },
  'members called __proto__': { carriedOut: true, end: withBody(polluted) },
  'an empty body': { carriedOut: true, end: withBody(() => '') },
  'a body too large': {
    carriedOut: true,
    end: withBody((answer) => textOf(answer).padEnd(1_048_577 + answer.body.length)),
  },
  'a redirect': { carriedOut: false, end: text(302, { location: 'https://elsewhere.test/' }, '') },
  'Retry-After of a day': { carriedOut: true, end: withHeaders({ 'retry-after': '86400' }) },
  'Retry-After of an age': { carriedOut: true, end: withHeaders({ 'retry-after': '99999999999999' }) },
  'Retry-After that means nothing': { carriedOut: true, end: withHeaders({ 'retry-after': '-1, soon' }) },
  'no nonce': { carriedOut: true, end: withHeaders({ 'replay-nonce': undefined }) },
} as const satisfies Record<string, Fault>;

/** The name of a fault. */
export type FaultName = keyof typeof faults;

/** All of their names. */
export const faultNames = Object.keys(faults) as readonly FaultName[];
