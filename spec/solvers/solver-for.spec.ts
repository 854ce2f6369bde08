import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ChallengeSolver, ProofAsked } from '../../lib/model/ports.js';
import { dns01, obtainCertificate, solverFor } from '../../lib/index.js';
import { fakeCa, recordingSolver, testAccount } from '../../lib/testing/index.js';
import { completed, virtualTime } from '../support/virtual-time.js';

const asked = (value: string, members: Partial<ProofAsked> = {}): ProofAsked => ({
  identifier: { type: 'dns', value },
  wildcard: false,
  type: 'dns-01',
  ...members,
});
const own = (): ChallengeSolver => dns01({ add: () => EMPTY, remove: () => EMPTY });

describe('solverFor', () => {
  it.each([
    ['example.org', true],
    ['www.example.org', true],
    ['a.b.example.org', true],
    ['evilexample.org', false],
    ['example.org.evil.com', false],
    ['org', false],
  ])('a list of domains: %s %s', (name, accepted) => {
    for (const domain of ['example.org', 'Example.ORG.', '.example.org']) {
      expect(solverFor(own(), [domain]).accepts?.(asked(name))).toBe(accepted);
    }
  });

  it('takes no address by a list of domains, and wildcards as their domain', () => {
    const solver = solverFor(own(), ['example.org', '1']);
    expect(solver.accepts?.(asked('192.0.2.1', { identifier: { type: 'ip', value: '127.0.0.1' } }))).toBe(false);
    expect(solver.accepts?.(asked('example.org', { wildcard: true }))).toBe(true);
  });

  it('adds to what the solver itself accepts', () => {
    const inner = solverFor(own(), ({ wildcard }) => !wildcard);
    const solver = solverFor(inner, ['example.org']);
    expect(solver.accepts?.(asked('example.org'))).toBe(true);
    expect(solver.accepts?.(asked('example.org', { wildcard: true }))).toBe(false);
    expect(solver.accepts?.(asked('example.com'))).toBe(false);
  });

  it('keeps all that the solver does, also where it is an instance of a class, and adds no member that it lacks', () => {
    class Own implements ChallengeSolver {
      readonly types = ['dns-01'];
      readonly name = 'own';
      readonly calls: string[] = [];
      #note(what: string) {
        this.calls.push(what);
        return EMPTY;
      }
      present() {
        return this.#note('present');
      }
      ready() {
        return this.#note('ready');
      }
      response() {
        return this.#note('response');
      }
      cleanUp() {
        return this.#note('cleanUp');
      }
    }
    const inner = new Own();
    const solver = solverFor(inner, () => true);
    const task = {} as never;
    void [solver.present(task), solver.ready?.(task), solver.response?.(task), solver.cleanUp(task)];
    expect(inner.calls).toEqual(['present', 'ready', 'response', 'cleanUp']);
    expect([solver.name, solver.types]).toEqual(['own', ['dns-01']]);
    expect(Object.keys(solverFor(own(), () => true)).sort()).toEqual([
      'accepts',
      'cleanUp',
      'name',
      'present',
      'types',
    ]);
  });

  it.each([[[]], [['*.example.org']], [['']], [['example.org', 'https://example.org']], [['a..b']]])(
    'refuses at the call: %j',
    (domains) => {
      expect(() => solverFor(own(), domains)).toThrow(TypeError);
    },
  );

  it('gives each name of an order to its own solver', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler });
      const [org, com] = [recordingSolver({ types: ['dns-01'] }), recordingSolver({ types: ['dns-01'] })];
      const obtain$ = obtainCertificate(testAccount(ca, { scheduler: time.scheduler }), {
        identifiers: ['example.org', '*.example.org', 'www.example.com'],
        solvers: [solverFor(org, ['example.org']), solverFor(com, ['example.com'])],
      });
      expect(completed(time, obtain$).values.at(-1)?.type).toBe('certificate-issued');
      const names = (solver: typeof org) => solver.withdrawn.map(({ identifier }) => identifier.value).sort();
      expect([names(org), names(com)]).toEqual([['example.org', 'example.org'], ['www.example.com']]);
    }));
});
