import '@angular/compiler';
import {
  createEnvironmentInjector,
  EnvironmentInjector,
  inject,
  InjectionToken,
  makeEnvironmentProviders,
} from '@angular/core';
import { EMPTY, lastValueFrom, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  ACME_ACCOUNT,
  ACME_SESSION,
  ACME_SOLVERS,
  ACME_TRANSPORT,
  type AcmeFeature,
  acmeTokens,
  provideAcme,
  withAccount,
  withHttpClient,
  withInterceptors,
  withSolvers,
  withTokens,
} from '../../lib/angular/index.js';
import { type AcmeSessionOptions, type AcmeTransport, getDirectory } from '../../lib/index.js';
import { fakeCa } from '../../lib/testing/index.js';
import { record } from '../support/virtual-time.js';
import { injectorWith } from './support/test-bed.js';

const directoryUrl = 'https://ca.test/directory';
const nothing: AcmeTransport = () => NEVER;

describe('provideAcme', () => {
  it('provides one session, made when it is injected', () => {
    let made = 0;
    const injector = injectorWith(provideAcme(() => (made++, { directoryUrl, transport: nothing })));
    expect(made).toBe(0);
    const session = injector.inject(ACME_SESSION);
    expect(session.directoryUrl).toBe(directoryUrl);
    expect([injector.inject(ACME_SESSION) === session, made]).toEqual([true, 1]);
  });

  it('injects into the function of its options', () => {
    const settings = new InjectionToken<{ url: string }>('settings');
    const injector = injectorWith(
      { provide: settings, useValue: { url: directoryUrl } },
      provideAcme(() => ({ directoryUrl: inject(settings).url })),
    );
    expect(injector.inject(ACME_SESSION).directoryUrl).toBe(directoryUrl);
  });

  it('provides the transport of its options, and the session uses it', () => {
    const ca = fakeCa();
    const injector = injectorWith(provideAcme({ directoryUrl: ca.directoryUrl, transport: ca.transport }));
    expect(injector.inject(ACME_TRANSPORT)).toBe(ca.transport);
    expect(record(getDirectory(injector.inject(ACME_SESSION))).isComplete).toBe(true);
  });

  it('has another transport provided after it take its place', () => {
    const ca = fakeCa();
    const injector = injectorWith(provideAcme({ directoryUrl: ca.directoryUrl }), {
      provide: ACME_TRANSPORT,
      useValue: ca.transport,
    });
    expect(record(getDirectory(injector.inject(ACME_SESSION))).isComplete).toBe(true);
  });

  it('closes the session with its injector', async () => {
    const closed: string[] = [];
    const transport: AcmeTransport = Object.assign(() => NEVER, { close: () => void closed.push('transport') });
    const root = injectorWith().inject(EnvironmentInjector);
    const injector = createEnvironmentInjector([provideAcme({ directoryUrl, transport })], root);
    const session = injector.get(ACME_SESSION);
    const waiting = record(getDirectory(session));
    expect([closed, waiting.isComplete]).toEqual([[], false]);
    waiting.unsubscribe();
    injector.destroy();
    expect(closed).toEqual(['transport']);
    await expect(lastValueFrom(getDirectory(session))).rejects.toThrow('the session is closed');
  });

  it('provides no solvers where there is no feature for them', () => {
    expect(injectorWith(provideAcme({ directoryUrl })).inject(ACME_SOLVERS)).toEqual([]);
  });

  it('knows several authorities in one injector', () => {
    const [a, b] = [fakeCa({ origin: 'https://a.test' }), fakeCa({ origin: 'https://b.test' })];
    const other = acmeTokens('b');
    const injector = injectorWith(
      provideAcme({ directoryUrl: a.directoryUrl, transport: a.transport }),
      provideAcme({ directoryUrl: b.directoryUrl, transport: b.transport }, withTokens(other), withSolvers([])),
    );
    const urls = [ACME_SESSION, other.session].map((token) => {
      const { values } = record(getDirectory(injector.inject(token)));
      return values[0]?.newOrder;
    });
    expect(urls).toEqual([expect.stringMatching('^https://a'), expect.stringMatching('^https://b')]);
  });

  it('names what is missing', () => {
    const injector = injectorWith(provideAcme({ directoryUrl }));
    expect(() => injector.inject(ACME_ACCOUNT)).toThrow(/withAccount/);
    expect(() => injector.inject(acmeTokens('staging').session)).toThrow(/staging/);
  });
});

describe('provideAcme refuses', () => {
  it.each<[string, () => AcmeFeature]>([
    ['account', () => withAccount(() => EMPTY)],
    ['http-client', () => withHttpClient()],
    ['solvers', () => withSolvers([])],
    ['interceptors', () => withInterceptors([])],
    ['tokens', () => withTokens(acmeTokens('x'))],
  ])('the feature %s twice', (kind, make) => {
    expect(() => provideAcme({ directoryUrl }, make(), make())).toThrow(TypeError);
    expect(() => provideAcme({ directoryUrl }, make(), make())).toThrow(kind);
  });

  it.each<[string, AcmeFeature, object]>([
    ['withHttpClient', withHttpClient(), { transport: nothing }],
    ['withInterceptors', withInterceptors([]), { interceptors: [] }],
  ])('%s beside an option that says the same', (name, feature, options) => {
    expect(() => provideAcme({ directoryUrl, ...options }, feature)).toThrow(TypeError);
    expect(() => provideAcme({ directoryUrl, ...options }, feature)).toThrow(name);
    const late = injectorWith(provideAcme(() => ({ directoryUrl, ...options }), feature));
    expect(() => late.inject(ACME_SESSION)).toThrow(TypeError);
  });

  it.each([
    ['a feature of Angular', { ɵkind: 0, ɵproviders: [] }],
    ['providers', makeEnvironmentProviders([])],
    ['nothing', undefined],
  ])('%s', (_, feature) => {
    expect(() => provideAcme({ directoryUrl }, feature as unknown as AcmeFeature)).toThrow(/provideHttpClient/);
  });

  it.each<[string, object]>([
    ['a URL without TLS', { directoryUrl: 'http://ca.test' }],
    ['a limit that is none', { directoryUrl, maxResponseBytes: 0 }],
    ['identifier types that are no list', { directoryUrl, identifierTypes: {} }],
  ])('what acmeSession refuses, at the call: %s', (_, options) => {
    expect(() => provideAcme(options as AcmeSessionOptions)).toThrow(TypeError);
    const late = injectorWith(provideAcme(() => options as AcmeSessionOptions));
    expect(() => late.inject(ACME_SESSION)).toThrow(TypeError);
  });

  it.each<[string, () => AcmeFeature, string]>([
    ['an account in place of a function', () => withAccount(NEVER as never), 'withAccount: account must be a function'],
    ['no account', () => withAccount(undefined as never), 'withAccount: account must be a function'],
    [
      'one solver in place of a list',
      () => withSolvers({ types: [] } as never),
      'withSolvers: solvers must be an array',
    ],
    ['one interceptor in place of a list', () => withInterceptors((() => NEVER) as never), 'must be an array'],
    ['no tokens', () => withTokens(undefined as never), 'acmeTokens'],
    ['one token in place of all', () => withTokens(ACME_SESSION as never), 'acmeTokens'],
  ])('%s, at the call', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

describe('withSolvers', () => {
  it('provides them, or what a function returns that injects', () => {
    const solver = { types: ['dns-01'], present: () => EMPTY, cleanUp: () => EMPTY };
    const token = new InjectionToken<typeof solver>('solver');
    const other = acmeTokens('other');
    const injector = injectorWith(
      { provide: token, useValue: solver },
      provideAcme({ directoryUrl }, withSolvers([solver])),
      provideAcme(
        { directoryUrl },
        withTokens(other),
        withSolvers(() => [inject(token)]),
      ),
    );
    expect(injector.inject(ACME_SOLVERS)).toEqual([solver]);
    expect(injector.inject(other.solvers)).toEqual([solver]);
  });
});

describe('withInterceptors', () => {
  it('puts them between the session and its transport, and injects into them', () => {
    const name = new InjectionToken<string>('name');
    const seen: unknown[] = [];
    const transport: AcmeTransport = ({ headers }) => (seen.push(headers), NEVER);
    const injector = injectorWith(
      { provide: name, useValue: 'injected' },
      provideAcme(
        { directoryUrl, transport },
        withInterceptors([
          (request, next) => next({ ...request, headers: { 'x-first': inject(name) } }),
          (request, next) => next({ ...request, headers: { ...request.headers, 'x-second': inject(name) } }),
        ]),
      ),
    );
    record(getDirectory(injector.inject(ACME_SESSION)));
    expect(seen).toEqual([{ 'x-first': 'injected', 'x-second': 'injected' }]);
  });

  it('is for requests of one authority, not for those of all', () => {
    const seen: string[] = [];
    const [a, b] = [fakeCa({ origin: 'https://a.test' }), fakeCa({ origin: 'https://b.test' })];
    const other = acmeTokens('b');
    const injector = injectorWith(
      provideAcme({ directoryUrl: a.directoryUrl, transport: a.transport }),
      provideAcme(
        { directoryUrl: b.directoryUrl, transport: b.transport },
        withTokens(other),
        withInterceptors([(request, next) => (seen.push(request.url), next(request))]),
      ),
    );
    record(getDirectory(injector.inject(ACME_SESSION)));
    record(getDirectory(injector.inject(other.session)));
    expect(seen).toEqual([b.directoryUrl]);
  });
});

describe('withTokens', () => {
  it('leaves the default tokens to another call', () => {
    const injector = injectorWith(provideAcme({ directoryUrl }, withTokens(acmeTokens('only'))));
    expect(injector.inject(ACME_SESSION, null, { optional: true })).toBeNull();
  });
});
