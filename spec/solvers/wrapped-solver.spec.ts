import { EMPTY, of } from 'rxjs';
import { expect, it } from 'vitest';
import { wrappedSolver } from '../../lib/solvers/wrapped-solver.js';
import { taskOf } from './tasks.js';
import { done } from '../support/done.js';

const solver = { types: ['dns-01'], present: () => of('present'), cleanUp: () => of('cleanUp') };

it('does what the solver does, but for what is changed', async () => {
  const wrapped = wrappedSolver(solver, { cleanUp: () => of('changed'), ready: () => of('added') });
  const task = taskOf();
  expect(await done(wrapped.present(task))).toEqual(['present']);
  expect(await done(wrapped.cleanUp(task))).toEqual(['changed']);
  expect(await done(wrapped.ready?.(task) ?? EMPTY)).toEqual(['added']);
  expect([wrapped.response, wrapped.accepts, wrapped.name]).toEqual([undefined, undefined, undefined]);
});

it('hands a promise on as it is, so that whoever withdraws can wait for it', () => {
  const work = Promise.resolve();
  expect(wrappedSolver({ ...solver, present: () => work }, {}).present(taskOf())).toBe(work);
});

it('follows a solver that changes its mind', () => {
  let accepted = true;
  const wrapped = wrappedSolver({ ...solver, accepts: () => accepted }, {});
  const asked = { identifier: { type: 'dns', value: 'a.test' }, wildcard: false, type: 'dns-01' };
  expect(wrapped.accepts?.(asked)).toBe(true);
  accepted = false;
  expect(wrapped.accepts?.(asked)).toBe(false);
});
