import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import type { AcmeHttpRequest } from '../../lib/model/ports.js';
import type { FetchInit, FetchResponse } from '../../lib/transport/fetch-like.js';
import type { FetchTransportOptions } from '../../lib/transport/fetch-exchange.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { covers } from '../support/covers.js';

covers('transport');

const get: AcmeHttpRequest = {
  method: 'GET',
  url: 'https://ca.example/%7Ea?b=%27',
  headers: { accept: 'application/json' },
  maxResponseBytes: 10,
};
const post: AcmeHttpRequest = { ...get, method: 'POST', headers: { 'user-agent': 'rxacme' }, body: '{"a":1}' };

/** A fetch that resolves with this, and what it was called with. */
const stub = (answer: Partial<FetchResponse> | Promise<FetchResponse> = {}) => {
  const calls: { url: string; init: FetchInit }[] = [];
  const fetch = (url: string, init: FetchInit): Promise<FetchResponse> => {
    calls.push({ url, init });
    return Promise.resolve({ status: 200, headers: new Map(), body: null, ...answer });
  };
  const rejecting = (url: string, init: FetchInit) => fetch(url, init).then(() => answer as Promise<FetchResponse>);
  const ask = (request = get, options: FetchTransportOptions = {}) =>
    fetchTransport({ ...options, fetch: answer instanceof Promise ? rejecting : fetch })(request);
  return { calls, ask, signal: () => calls[0]?.init.signal };
};

/** A body that is read piece by piece, and that notes how far it was read and whether it was let go. */
const pieces = (...parts: readonly string[]) => {
  const read: string[] = [];
  const state = { isOver: false };
  const encoder = new TextEncoder();
  const iterable = (async function* () {
    try {
      for (const part of parts) {
        read.push(part);
        yield encoder.encode(part);
      }
    } finally {
      state.isOver = true;
    }
  })();
  const queue = [...parts];
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const part = queue.shift();
        if (part === undefined) return controller.close();
        read.push(part);
        controller.enqueue(encoder.encode(part));
      },
      cancel: () => void (state.isOver = true),
    },
    { highWaterMark: 0 },
  );
  return { read, state, iterable, stream };
};
const text = (body: Uint8Array) => new TextDecoder().decode(body);

describe('fetchTransport calls fetch', () => {
  it('with exactly this for a GET', async () => {
    const { ask, calls } = stub();
    await lastValueFrom(ask());
    expect(calls).toEqual([
      {
        url: 'https://ca.example/%7Ea?b=%27',
        init: {
          method: 'GET',
          headers: { accept: 'application/json' },
          redirect: 'manual',
          cache: 'no-store',
          credentials: 'omit',
          signal: expect.any(AbortSignal),
        },
      },
    ]);
    expect(calls[0]?.init).not.toHaveProperty('body');
  });

  it('with a body for a POST, and the headers as they are', async () => {
    const { ask, calls } = stub();
    await lastValueFrom(ask(post));
    expect(calls[0]?.init).toMatchObject({ method: 'POST', body: '{"a":1}', headers: { 'user-agent': 'rxacme' } });
  });

  it('with more members where some are given, which change nothing else', async () => {
    const { ask, calls } = stub();
    const agent = {};
    const init = {
      agent,
      method: 'DELETE',
      redirect: 'follow',
      credentials: 'include',
      signal: undefined,
      headers: {},
    };
    await lastValueFrom(ask(get, { init }));
    expect(calls[0]?.init).toMatchObject({
      agent,
      method: 'GET',
      redirect: 'manual',
      credentials: 'omit',
      headers: { accept: 'application/json' },
      signal: expect.any(AbortSignal),
    });
  });

  it('once for each subscription, and not before', async () => {
    const { ask, calls } = stub();
    const asking = ask();
    expect(calls).toHaveLength(0);
    await lastValueFrom(asking);
    await lastValueFrom(asking);
    expect(calls).toHaveLength(2);
    expect(calls[0]?.init.signal).not.toBe(calls[1]?.init.signal);
  });

  it('without a receiver, as native ones demand', async () => {
    const receivers: unknown[] = [];
    const fetch = function (this: unknown) {
      receivers.push(this);
      return Promise.resolve({ status: 200, headers: new Map(), body: null });
    };
    await lastValueFrom(fetchTransport({ fetch })(get));
    expect(receivers).toEqual([undefined]);
  });

  it('not at all where it is unsubscribed at once', async () => {
    const { ask, calls } = stub();
    ask().subscribe().unsubscribe();
    await new Promise(setImmediate);
    expect(calls).toEqual([]);
  });
});

describe('fetchTransport asks for no other URL than the one that is signed', () => {
  it.each([
    'https://ca.example',
    'https://ca.example/',
    'https://ca.example?a=b',
    'https://CA.example:443/a',
    'https://ca.example/a?',
    "https://ca.example/it's",
    'https://ca.example/-._~!$&()*+,;=:@/%2f%7e//?/?:@-._~!$()*+,;=%27',
  ])('%s is asked for as it is', async (url) => {
    const { ask, calls } = stub();
    await lastValueFrom(ask({ ...get, url }));
    expect(calls[0]?.url).toBe(url);
  });

  it.each([
    "https://ca.example/a?b='c'",
    'https://ca.example/a/./b',
    'https://ca.example/a/../b',
    'https://ca.example/a/%2e%2e/b',
    'https://ca.example/a b',
    'https://ca.example/ü',
    'https://ca.example/a\\b',
    'https://ca.example/a\nb',
    'https://ca.example/a#b',
  ])('%s is refused', async (url) => {
    const { ask, calls } = stub();
    const error: unknown = await lastValueFrom(ask({ ...get, url })).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(error).toMatchObject({ url, message: expect.stringContaining('another transport') });
    expect(calls).toEqual([]);
  });
});

describe('fetchTransport emits', () => {
  it('the response once, its headers in lower case', async () => {
    const headers = new Map([
      ['Content-Type', 'application/json'],
      ['LINK', '<https://a/>;rel="up"'],
    ]);
    const { ask } = stub({ status: 403, headers, body: pieces('no').iterable });
    expect(await lastValueFrom(ask().pipe(toArray()))).toEqual([
      {
        status: 403,
        headers: { 'content-type': 'application/json', link: '<https://a/>;rel="up"' },
        body: new TextEncoder().encode('no'),
      },
    ]);
  });

  it('the status 0 of a redirect that a browser hides', async () => {
    const { ask } = stub({ status: 0, type: 'opaqueredirect' });
    expect(await firstValueFrom(ask())).toEqual({ status: 0, headers: {}, body: new Uint8Array() });
  });

  it.each(['iterable', 'stream'] as const)('a body in pieces as one: %s', async (kind) => {
    const body = pieces('one', '', 'two')[kind];
    expect(text((await firstValueFrom(stub({ body }).ask())).body)).toBe('onetwo');
  });

  it.each([null, undefined])('an empty body where it is %s', async (body) => {
    expect((await firstValueFrom(stub({ body }).ask())).body).toEqual(new Uint8Array());
  });

  it('only when the body is read to its end', async () => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const body = (async function* () {
      yield Uint8Array.of(1);
      await ended;
      yield Uint8Array.of(2);
    })();
    const seen: unknown[] = [];
    const asking = stub({ body }).ask();
    const over = asking.forEach((response) => seen.push(response.body));
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
    end();
    await over;
    expect(seen).toEqual([Uint8Array.of(1, 2)]);
  });
});

describe('fetchTransport errors', () => {
  it('with what fetch rejects with', async () => {
    const error = new TypeError('fetch failed');
    await expect(lastValueFrom(stub(Promise.reject(error)).ask())).rejects.toBe(error);
  });

  it('with what fetch throws', async () => {
    const fetch = () => {
      throw new TypeError('no such scheme');
    };
    await expect(lastValueFrom(fetchTransport({ fetch })(get))).rejects.toThrow('no such scheme');
  });

  it('with what the body fails with, and aborts', async () => {
    const body = (async function* () {
      yield Uint8Array.of(1);
      throw new Error('cut');
    })();
    const { ask, signal } = stub({ body });
    await expect(lastValueFrom(ask())).rejects.toThrow('cut');
    expect(signal()?.aborted).toBe(true);
  });

  it.each(['iterable', 'stream'] as const)('where the body is too large, and reads no further: %s', async (kind) => {
    const { read, state, [kind]: body } = pieces('12345', '67890', '!', 'never read');
    const { ask, signal } = stub({ body });
    const error: unknown = await lastValueFrom(ask()).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(error).toMatchObject({ message: expect.stringContaining('10 bytes') });
    expect(read).toEqual(['12345', '67890', '!']);
    expect(signal()?.aborted).toBe(true);
    expect(state.isOver).toBe(true);
  });

  it.each(['iterable', 'stream'] as const)('not where the body is as large as allowed: %s', async (kind) => {
    const { [kind]: body } = pieces('12345', '67890', '');
    expect(text((await firstValueFrom(stub({ body }).ask())).body)).toBe('1234567890');
  });
});

describe('fetchTransport unsubscribed', () => {
  it('aborts a fetch that is under way', async () => {
    const { ask, signal } = stub(new Promise<FetchResponse>(() => undefined));
    const asking = ask().subscribe();
    await vi.waitUntil(() => signal() !== undefined);
    expect(signal()?.aborted).toBe(false);
    asking.unsubscribe();
    expect(signal()?.aborted).toBe(true);
  });

  it('aborts a body that is being read', async () => {
    const body = (async function* () {
      yield Uint8Array.of(1);
      await new Promise(() => undefined);
    })();
    const { ask, signal } = stub({ body });
    const asking = ask().subscribe();
    await new Promise(setImmediate);
    asking.unsubscribe();
    expect(signal()?.aborted).toBe(true);
  });

  it('says nothing more, whatever comes', async () => {
    const seen: unknown[] = [];
    let answer: (response: FetchResponse) => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    for (const outcome of ['answer', 'fail']) {
      const fetch = () =>
        new Promise<FetchResponse>((resolve, reject) => {
          answer = resolve;
          fail = reject;
        });
      const asking = fetchTransport({ fetch })(get).subscribe({
        next: (each) => seen.push(each),
        error: (error) => seen.push(error),
        complete: () => seen.push('complete'),
      });
      await new Promise(setImmediate);
      asking.unsubscribe();
      if (outcome === 'answer') answer({ status: 200, headers: new Map(), body: null });
      else fail(new Error('late'));
      await new Promise(setImmediate);
    }
    expect(seen).toEqual([]);
  });

  it('aborts nothing that is over: the connection may be in use again', async () => {
    const { ask, signal } = stub();
    const asking = ask().subscribe();
    await new Promise(setImmediate);
    expect(asking.closed).toBe(true);
    asking.unsubscribe();
    expect(signal()?.aborted).toBe(false);
  });
});

describe('fetchTransport with the fetch of the platform', () => {
  it('loads it at the first request, not at the call', async () => {
    vi.resetModules();
    let loads = 0;
    vi.doMock('#fetch', () => {
      loads++;
      const fetch = () => Promise.resolve({ status: 299, headers: new Map(), body: null });
      return { platformFetch: { fetch, forbiddenHeaders: ['user-agent'] } };
    });
    const fresh = await import('../../lib/transport/fetch-transport.js');
    const transport = fresh.fetchTransport();
    const asking = transport(get);
    expect(loads).toBe(0);
    expect((await firstValueFrom(asking)).status).toBe(299);
    await firstValueFrom(asking);
    expect(loads).toBe(1);
    vi.doUnmock('#fetch');
  });

  it('does not load it where one is given', async () => {
    vi.resetModules();
    vi.doMock('#fetch', () => expect.unreachable('it is loaded'));
    const fresh = await import('../../lib/transport/fetch-transport.js');
    const fetch = () => Promise.resolve({ status: 299, headers: new Map(), body: null });
    expect((await firstValueFrom(fresh.fetchTransport({ fetch })(get))).status).toBe(299);
    vi.doUnmock('#fetch');
  });
});
