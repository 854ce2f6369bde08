import { EMPTY, from, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { obtainCertificate } from '../../lib/index.js';
import { describeInstruction, manual, type ManualInstruction, manualInstruction } from '../../lib/solvers/manual.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { record, virtualTime } from '../support/virtual-time.js';
import { taskOf } from './tasks.js';

covers('http01', 'dns01');

const task = taskOf({ type: 'dns-01' });
const identifiers = ['a.example', 'b.example', '*.b.example'];

describe('manualInstruction', () => {
  it('is a file for http-01, a record for dns-01', () => {
    expect(manualInstruction(taskOf({ type: 'http-01' }))).toMatchObject({
      type: 'http-01',
      url: 'http://example.org/.well-known/acme-challenge/token',
      content: 'token.thumbprint',
    });
    expect(manualInstruction(task)).toMatchObject({
      type: 'dns-01',
      name: '_acme-challenge.example.org',
      value: 'digest',
    });
    const accountUrlDigest = 'oljHVLqrew_Zm7EEe3kPSVgpPwZ6-iOgbG-c7AAqk1E';
    expect(manualInstruction(taskOf({ type: 'dns-account-01', accountUrlDigest }))).toMatchObject({
      type: 'dns-account-01',
      name: expect.stringMatching(/^_[a-z2-7]{16}\._acme-challenge\.example\.org$/),
    });
  });

  it('is refused for what no person can do', () => {
    expect(() => manualInstruction(taskOf({ type: 'tls-alpn-01' }))).toThrow(AcmeInputError);
    expect(() => manual({ types: ['tls-alpn-01' as 'http-01'], show: () => EMPTY, confirmed: () => EMPTY })).toThrow(
      TypeError,
    );
    expect(() => manual({ types: [], show: () => EMPTY, confirmed: () => EMPTY })).toThrow(TypeError);
  });

  it('says in words where what goes', () => {
    expect(describeInstruction(manualInstruction(taskOf({ type: 'http-01' })))).toBe(
      [
        'To prove example.org, have its web server answer',
        '  http://example.org/.well-known/acme-challenge/token',
        'with exactly this, from the file of that path below its web root:',
        '  token.thumbprint',
      ].join('\n'),
    );
    expect(describeInstruction(manualInstruction(task))).toContain(
      '_acme-challenge.example.org.  300  IN  TXT  "digest"',
    );
  });
});

describe('manual', () => {
  it('wants what shows, and what confirms', () => {
    for (const options of [{}, { show: () => EMPTY }, { confirmed: () => EMPTY }])
      expect(() => manual(options as never)).toThrow(new TypeError('manual: show and confirmed must be functions'));
  });

  const outcome = (confirmed: Parameters<typeof manual>[0]['confirmed']) =>
    record(from(manual({ show: () => EMPTY, confirmed }).ready?.(task) ?? NEVER));

  it('takes the first value for the word, and waits no longer', () => {
    const word$ = new Subject<unknown>();
    const recording = outcome(() => word$);
    expect(recording.isComplete).toBe(false);
    word$.next(undefined);
    expect([recording.isComplete, recording.values, word$.observed]).toEqual([true, [], false]);
  });

  it.each([
    ['false', () => of(false), 'refused'],
    ['no word', () => EMPTY, 'nobody said'],
    ['an error', () => throwError(() => new Error('window closed')), 'window closed'],
  ])('ends the order with %s', (_, confirmed, message) => {
    expect(String(outcome(confirmed).error)).toContain(message);
  });

  it('shows all of an order before anything is waited for, and one word does for all', () =>
    virtualTime((time) => {
      const shown: ManualInstruction[] = [];
      const withdrawn: ManualInstruction[] = [];
      const word$ = new Subject<true>();
      const account = testAccount(fakeCa({ scheduler: time.scheduler }), { scheduler: time.scheduler });
      const solver = manual({
        types: ['dns-01'],
        show: (instruction) => of(shown.push(instruction)),
        confirmed: () => (expect(shown).toHaveLength(3), word$),
        withdraw: (instruction) => of(withdrawn.push(instruction)),
      });
      const recording = record(obtainCertificate(account, { identifiers, solvers: [solver] }));
      time.scheduler.schedule(() => {
        expect(recording.values.filter(({ type }) => type === 'challenge-presented')).toHaveLength(3);
        expect(recording.values.filter(({ type }) => type === 'challenge-answered')).toEqual([]);
        word$.next(true);
      }, 3_600_000);
      time.flush();
      expect(recording.values.at(-1)?.type).toBe('certificate-issued');
      const key = ({ identifier, ...rest }: ManualInstruction) =>
        `${identifier.value} ${'value' in rest ? rest.value : ''}`;
      expect(withdrawn.map(key).sort()).toEqual(shown.map(key).sort());
    }));

  it('names who was refused, and withdraws everything', () =>
    virtualTime((time) => {
      const withdrawn: string[] = [];
      const ca = fakeCa({ scheduler: time.scheduler });
      const solver = manual({
        types: ['http-01'],
        show: () => EMPTY,
        confirmed: ({ identifier }) => of(identifier.value !== 'b.example'),
        withdraw: ({ identifier }) => of(withdrawn.push(identifier.value)),
      });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const recording = record(obtainCertificate(account, { identifiers: identifiers.slice(0, 2), solvers: [solver] }));
      time.flush();
      expect(recording.error).toBeInstanceOf(AcmeAuthorizationError);
      expect(String(recording.error)).toContain('b.example (http-01)');
      expect(withdrawn.sort()).toEqual(['a.example', 'b.example']);
      expect(ca.history.requests.some(({ operation }) => operation === 'challenge')).toBe(false);
    }));

  it('withdraws when the person’s window is closed while they are waited for', () =>
    virtualTime((time) => {
      const withdrawn: string[] = [];
      const account = testAccount(fakeCa({ scheduler: time.scheduler }), { scheduler: time.scheduler });
      const withdraw = ({ identifier }: ManualInstruction) => of(withdrawn.push(identifier.value));
      const solver = manual({ types: ['http-01'], show: () => EMPTY, confirmed: () => NEVER, withdraw });
      const recording = record(obtainCertificate(account, { identifiers: ['a.example'], solvers: [solver] }));
      time.scheduler.schedule(() => recording.unsubscribe(), 1_000);
      time.flush();
      expect([withdrawn, time.timers()]).toEqual([['a.example'], 0]);
    }));
});
