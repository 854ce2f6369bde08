import { EMPTY, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeUnsupportedError, dns01, type TxtRecord } from '../../lib/index.js';
import { recordingSolver } from '../support/sync-ports.js';
import { virtualTime } from '../support/virtual-time.js';
import { obtained } from './obtained.js';

describe('solvers', () => {
  it('are chosen in the caller’s order, whatever the order of the offer', () =>
    virtualTime((time) => {
      const http = recordingSolver({ types: ['tls-alpn-01', 'http-01'] });
      const dns = recordingSolver({ types: ['dns-01'] });
      expect(obtained(time, {}, { identifiers: ['a.test', '*.a.test'], solvers: [http, dns] }).isComplete).toBe(true);
      expect([http.names('present'), dns.names('present')]).toEqual([['a.test'], ['*.a.test']]);
      const first = recordingSolver({ types: ['dns-01', 'http-01'] });
      obtained(time, {}, { solvers: [first, http] });
      expect(first.calls[0]?.task.type).toBe('dns-01');
    }));

  it('that fit only some of the names present nothing', () =>
    virtualTime((time) => {
      const solver = recordingSolver({ types: ['http-01'] });
      const { error, ca } = obtained(time, {}, { identifiers: ['a.test', '*.a.test'], solvers: [solver] });
      expect(error).toBeInstanceOf(AcmeUnsupportedError);
      expect(error).toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(
          /^no solver fits\n\*\.a\.test: the server offers dns-01[^\n]*; solvers given: http-01 \(not offered\)$/,
        ),
      });
      expect([solver.calls, ca.operations().includes('challenge')]).toEqual([[], false]);
    }));

  it('get what they need, and print none of it', () =>
    virtualTime((time) => {
      const { solver, account } = obtained(time, {});
      const task = solver.calls[0]?.task;
      expect(task).toMatchObject({
        identifier: { type: 'dns', value: 'example.org' },
        wildcard: false,
        type: 'http-01',
        accountUrl: account.url,
      });
      expect(task?.token).toBe('token-http-01-1-0');
      expect(task?.keyAuthorization).toMatch(/^token-http-01-1-0\.[\w-]{43}$/);
      expect(task?.keyAuthorizationDigest).toMatch(/^[\w-]{43}$/);
      expect(task?.challenge.url).toBe('https://ca.test/challenge/1/0/http-01');
      expect(JSON.stringify(task)).not.toContain('token');
    }));

  it('are waited for, all of them, before the server is told of any', () =>
    virtualTime((time) => {
      const delays: Record<string, number> = { 'a.test': 500, 'b.test': 2_000 };
      const slow = recordingSolver(
        {
          present: ({ identifier }) => timer(delays[identifier.value] ?? 0, time.scheduler),
          ready: ({ identifier }) => timer(delays[identifier.value] ?? 0, time.scheduler),
        },
        time.scheduler,
      );
      const { times } = obtained(time, {}, { identifiers: ['a.test', 'b.test'], solvers: [slow] });
      expect(slow.calls.map(({ what, atMs }) => [what, atMs])).toEqual([
        ['present', 0],
        ['present', 0],
        ['ready', 2_000],
        ['ready', 2_000],
        ['cleanUp', 4_000],
        ['cleanUp', 4_000],
      ]);
      expect(times('challenge')).toEqual([4_000, 4_000]);
    }));

  it('of a name and its wildcard write two values into one record, and take each away by its value', () =>
    virtualTime((time) => {
      const zone = new Map<string, Set<string>>();
      const added: TxtRecord[] = [];
      const seen: number[] = [];
      const solver = dns01({
        add: (txt) => {
          added.push(txt);
          zone.set(txt.name, (zone.get(txt.name) ?? new Set()).add(txt.value));
          return EMPTY;
        },
        ready: ({ name }) => (seen.push(zone.get(name)?.size ?? 0), EMPTY),
        remove: ({ name, value }) => (zone.get(name)?.delete(value), EMPTY),
      });
      const { isComplete } = obtained(
        time,
        { validationMs: 100 },
        { identifiers: ['*.example.org', 'example.org'], solvers: [solver] },
      );
      expect(isComplete).toBe(true);
      expect(added.map(({ name }) => name)).toEqual(['_acme-challenge.example.org', '_acme-challenge.example.org']);
      expect(new Set(added.map(({ value }) => value)).size).toBe(2);
      expect(seen).toEqual([2, 2]);
      expect([...zone.values()].map(({ size }) => size)).toEqual([0]);
    }));
});
