import '@angular/compiler';
import { createEnvironmentInjector, EnvironmentInjector, inject, InjectionToken } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { concatMap, defer, EMPTY, type Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ACME_ACCOUNT, ACME_SESSION, provideAcme, withAccount } from '../../lib/angular/index.js';
import {
  type AcmeAccount,
  acmeAccount,
  AcmeInputError,
  AcmePortError,
  type AcmeSession,
  AcmeTransportError,
  newAccount,
} from '../../lib/index.js';
import { fakeCa, synchronousPorts, synchronousSigner } from '../../lib/testing/index.js';
import { record } from '../support/virtual-time.js';
import { injectorWith } from './support/test-bed.js';

const accountOf = (session: AcmeSession): AcmeAccount =>
  acmeAccount(session, { signer: synchronousSigner(), url: 'https://ca.test/account/1' });

function bench(account: (session: AcmeSession) => Observable<AcmeAccount>) {
  let runs = 0;
  const counted = (session: AcmeSession) => defer(() => (runs++, account(session)));
  const injector = injectorWith(provideAcme({ directoryUrl: 'https://ca.test/directory' }, withAccount(counted)));
  return { account$: injector.inject(ACME_ACCOUNT), session: injector.inject(ACME_SESSION), runs: () => runs };
}

describe('withAccount', () => {
  it('does nothing before it is subscribed, and then once for all', () => {
    const { account$, session, runs } = bench((given) => of(accountOf(given)));
    expect(runs()).toBe(0);
    const [first, second] = [record(account$), record(account$)];
    expect(first).toMatchObject({ values: [{ url: 'https://ca.test/account/1' }], isComplete: true });
    expect(first.values[0]?.session).toBe(session);
    expect([second.values[0] === first.values[0], second.isComplete, runs()]).toEqual([true, true, 1]);
  });

  it('shares what is under way, and cancels it when nobody is left', () => {
    const answer = new Subject<AcmeAccount>();
    const { account$, runs } = bench(() => answer);
    const [first, second] = [record(account$), record(account$)];
    expect([runs(), answer.observed]).toEqual([1, true]);
    first.unsubscribe();
    expect(answer.observed).toBe(true);
    second.unsubscribe();
    expect(answer.observed).toBe(false);
    record(account$);
    expect(runs()).toBe(2);
  });

  it('begins anew after a failure', () => {
    const { account$, runs } = bench((given) =>
      runs() === 1 ? throwError(() => new Error('offline')) : of(accountOf(given)),
    );
    expect(record(account$).error).toBeInstanceOf(AcmePortError);
    expect(record(account$)).toMatchObject({ values: [{}], isComplete: true });
  });

  it('names what failed, and leaves the errors of rxacme as they are', () => {
    const offline = new Error('offline');
    expect(record(bench(() => throwError(() => offline)).account$).error).toMatchObject({
      code: 'port',
      port: 'account',
      cause: offline,
    });
    TestBed.resetTestingModule();
    const thrown = bench(() => {
      throw offline;
    });
    expect(record(thrown.account$).error).toMatchObject({ port: 'account', cause: offline });
    TestBed.resetTestingModule();
    const own = new AcmeInputError('its own');
    expect(record(bench(() => throwError(() => own)).account$).error).toBe(own);
  });

  it.each([undefined, null, {}, 'https://ca.test/account/1', { session: {}, signer: {} }])(
    'refuses %o, which is no account, and does not keep it',
    (value) => {
      const { account$, runs } = bench((given) =>
        runs() === 1 ? of(value as unknown as AcmeAccount) : of(accountOf(given)),
      );
      const { error } = record(account$);
      expect(error).toBeInstanceOf(AcmeInputError);
      expect(String(error)).toContain('withAccount');
      expect(record(account$).isComplete).toBe(true);
    },
  );

  it('says that the session is closed where its injector is gone', () => {
    const root = injectorWith().inject(EnvironmentInjector);
    const account = (session: AcmeSession) => of(accountOf(session));
    const providers = [provideAcme({ directoryUrl: 'https://ca.test/directory' }, withAccount(account))];
    const injector = createEnvironmentInjector(providers, root);
    const account$ = injector.get(ACME_ACCOUNT);
    injector.destroy();
    const { error } = record(account$);
    expect(error).toBeInstanceOf(AcmeTransportError);
    expect(error).toMatchObject({ message: 'the session is closed', url: 'https://ca.test/directory' });
  });

  it('takes the first account for the one, and errors where none comes', () => {
    const { account$ } = bench((given) => of(accountOf(given), accountOf(given)));
    expect(record(account$).values).toHaveLength(1);
  });

  it('errors where none comes', () => {
    expect(record(bench(() => EMPTY).account$).error).toBeInstanceOf(AcmeInputError);
  });

  it('injects into its function, and registers the account once', () => {
    const ca = fakeCa();
    const contact = new InjectionToken<string>('contact');
    const injector = injectorWith(
      { provide: contact, useValue: 'mailto:a@example.org' },
      provideAcme(
        { directoryUrl: ca.directoryUrl, transport: ca.transport, ...synchronousPorts() },
        withAccount((session) =>
          newAccount(session, { signer: synchronousSigner(), termsOfServiceAgreed: true, contacts: [inject(contact)] }),
        ),
      ),
    );
    const account$ = injector.inject(ACME_ACCOUNT);
    const url$ = account$.pipe(concatMap(({ url }) => of(url)));
    const [first, second] = [record(url$), record(url$)];
    expect([first.values.length, second.values]).toEqual([1, first.values]);
    const registered = ca.history.requests.filter(({ operation }) => operation === 'newAccount');
    expect(registered.map(({ payload }) => payload)).toEqual([
      { termsOfServiceAgreed: true, contact: ['mailto:a@example.org'] },
    ]);
  });
});
