/** A marble test of the application's own code: no server, no keys, no waiting. */
import { deepStrictEqual } from 'node:assert';
import type { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { AcmeTransportError, type CertificateIssued } from 'rxacme';
import { it } from 'vitest';
import { issueAll } from './host-names.js';

const issued = { type: 'certificate-issued' } as CertificateIssued;
const error = new AcmeTransportError('connection lost');

const marbles = (test: (helpers: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    deepStrictEqual(actual, expected);
  }).run(test);
};

it('issues two at a time, and a failure stops nobody', () => {
  marbles(({ cold, hot, expectObservable }) => {
    const issuances: Record<string, Observable<CertificateIssued>> = {
      a: cold('9s (i|)', { i: issued }),
      b: cold('3s #', {}, error),
      c: cold('2s (i|)', { i: issued }),
    };
    const hosts$ = hot('(abc|)');
    const outcomes$ = issueAll(hosts$, (host) => issuances[host] as Observable<CertificateIssued>, 2);
    expectObservable(outcomes$).toBe('3s b 1999ms c 3999ms (a|)', {
      a: { host: 'a', issued },
      b: { host: 'b', error },
      c: { host: 'c', issued },
    });
  });
});

it('takes a text that is no host name for a failure like any other', () => {
  marbles(({ cold, expectObservable }) => {
    const misuse = new TypeError('a character that no host name has');
    const obtain = (host: string) => {
      if (host === 'b') throw misuse;
      return cold('2s (i|)', { i: issued });
    };
    expectObservable(issueAll(cold('(abc|)'), obtain, 3)).toBe('b 1999ms (ac|)', {
      a: { host: 'a', issued },
      b: { host: 'b', error: misuse },
      c: { host: 'c', issued },
    });
  });
});

it('gives up what is under way when the application leaves', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const issuance$ = cold<CertificateIssued>('9s (i|)', { i: issued });
    expectObservable(
      issueAll(cold('a'), () => issuance$, 2),
      '^ 4s !',
    ).toBe('');
    expectSubscriptions(issuance$.subscriptions).toBe('^ 4s !');
  });
});
