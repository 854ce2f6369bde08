import { EMPTY, from, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { backEndSolver } from '../../lib/browser/index.js';
import { AcmeAuthorizationError, type AcmeTransport, obtainCertificate } from '../../lib/index.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { taskOf } from '../solvers/tasks.js';
import { covers } from '../support/covers.js';
import { record, virtualTime } from '../support/virtual-time.js';
import { backEndThat } from './support/sender.js';

covers('dns01');

const identifiers = ['example.org', '*.example.org'];

describe('backEndSolver', () => {
  it('says what to present and what to take away, and nothing else', () => {
    const { asked, ...backEnd } = backEndThat(() => ({}));
    const solver = backEndSolver(backEnd);
    const task = taskOf({ orderUrl: 'https://ca.example/order/1' });
    expect(record(from(solver.present(task))).isComplete).toBe(true);
    expect(record(from(solver.cleanUp(task))).isComplete).toBe(true);
    const told = {
      type: 'dns-01',
      identifier: { type: 'dns', value: 'example.org' },
      wildcard: false,
      token: 'token',
      keyAuthorization: 'token.thumbprint',
      keyAuthorizationDigest: 'digest',
      accountUrl: 'https://ca.example/account/1',
      orderUrl: 'https://ca.example/order/1',
    };
    expect(asked.map(({ json }) => json)).toEqual([
      { action: 'present', ...told },
      { action: 'clean-up', ...told },
    ]);
  });

  it('proves the names of an order, a name and its wildcard too', () => {
    const ca = fakeCa();
    const { asked, ...backEnd } = backEndThat(() => ({ json: {} }));
    const events$ = obtainCertificate(testAccount(ca), { identifiers, solvers: [backEndSolver(backEnd)] });
    expect(record(events$).values.at(-1)?.type).toBe('certificate-issued');
    const actions = asked.map(({ json }) => (json as { action: string }).action);
    expect(actions.sort()).toEqual(['clean-up', 'clean-up', 'present', 'present']);
  });

  it('ends the order where the back end refuses, and has it taken away all the same', () => {
    const { asked, ...backEnd } = backEndThat(() => ({ status: 403 }));
    const options = { identifiers: ['example.org'], solvers: [backEndSolver(backEnd)] };
    const { error } = record(obtainCertificate(testAccount(fakeCa()), options));
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect((error as AcmeAuthorizationError).failures[0]).toMatchObject({
      reason: expect.stringContaining('refused with status 403'),
    });
    expect(asked.map(({ json }) => (json as { action: string }).action)).toEqual(['present', 'clean-up']);
  });

  it('looks from the page where it is told to', () => {
    const progress = { name: '_acme-challenge.example.org', seen: 1, of: 1, waitingFor: [] };
    const looked: object[] = [];
    const propagation = { seen: (asked: object) => (looked.push(asked), of(progress)) };
    const solver = backEndSolver({ ...backEndThat(() => ({})), propagation });
    expect(record(from(solver.ready?.(taskOf()) ?? EMPTY))).toMatchObject({ values: [progress], isComplete: true });
    expect(looked).toMatchObject([{ name: '_acme-challenge.example.org', value: 'digest' }]);
    expect(backEndSolver(backEndThat(() => ({}))).ready).toBeUndefined();
  });

  it.each([
    ['a body that is no JSON', { text: 'ok' }],
    ['a body that is no object', { json: 'ok' }],
  ])('takes %s for no answer, whatever its status', (_, answer) => {
    const { error } = record(from(backEndSolver(backEndThat(() => answer)).present(taskOf())));
    expect(String(error)).toContain('https://app.test/acme');
  });

  it('waits for a back end that waits, and no longer than it is told to', () =>
    virtualTime((time) => {
      const { scheduler, cold, expectObservable, timers } = time;
      const url = 'https://app.test/acme';
      const transport: AcmeTransport = () =>
        cold('120m (a|)', { a: { status: 204, headers: {}, body: new Uint8Array() } });
      const presented = (timeoutMs?: number) =>
        from(backEndSolver({ url, transport, scheduler, timeoutMs }).present(taskOf()));
      const hung = new Error('https://app.test/acme did not answer within 300000 ms');
      expectObservable(presented()).toBe('120m (a|)', { a: {} });
      expectObservable(presented(300_000)).toBe('5m #', undefined, hung);
      time.flush();
      expect(timers()).toBe(0);
    }));

  it('throws on options that cannot work', () => {
    const { url } = backEndThat(() => ({}));
    expect(() => backEndSolver({ url, types: 'http-01' as never })).toThrow(/backEndSolver: types must be a list/);
    expect(() => backEndSolver({ url, propagation: {} as never })).toThrow(/backEndSolver: propagation must/);
    expect(() => backEndSolver({ url, timeoutMs: 0 })).toThrow(/backEndSolver: timeoutMs/);
    expect(() => backEndSolver({ url: 'nowhere' })).toThrow(TypeError);
    expect(() => backEndSolver({ url, types: [] })).toThrow(TypeError);
    expect(() => backEndSolver({ url, types: ['http-01'], propagation: { seen: () => EMPTY } })).toThrow(TypeError);
  });
});
