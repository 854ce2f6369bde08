import { describe, expect, it } from 'vitest';
import { obtainPebble } from '../support/pebble-binaries.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { authorities, type Authority, type Outcome, type Ran } from './environment.js';
import { onDevCa } from './environments/dev.js';
import { inVirtualTime, onFake } from './environments/fake.js';
import { onPebble, pebbles } from './environments/pebble.js';
import { type Flow, flows } from './flows.js';
import { inOrder } from './outcome.js';
import { Cells } from './cells.js';

const cells = new Cells(flows, authorities);

/** What must come of a flow at one CA. */
const expectedOf = ({ outcome, differs }: Flow, authority: Authority): Outcome =>
  complete(differs?.[authority]?.outcome ?? outcome);

const complete = ({ facts = [], events = [], certificates = [], error = '' }: Partial<Outcome>): Outcome => ({
  facts: inOrder(facts),
  events: inOrder(events),
  certificates: inOrder(certificates),
  error,
});

/** One column: a spec for each row of it. */
function column(authority: Authority, rows: readonly Flow[], run: (flow: Flow) => Promise<Ran> | Ran): void {
  it.each(rows.map((flow) => [flow.name, flow] as const))('%s', async (_, flow) => {
    cells.set(flow, authority, 'FAILED');
    const reason = flow.leftOut?.[authority];
    if (reason !== undefined) {
      const ran = await Promise.resolve(flow)
        .then(run)
        .catch(() => undefined);
      expect(ran?.outcome, 'it can be tried after all').not.toEqual(expectedOf(flow, authority));
      cells.set(flow, authority, `left out (${reason})`);
      return;
    }
    const { outcome, left } = await run(flow);
    expect(outcome).toEqual(expectedOf(flow, authority));
    expect(left, 'answers that are still visible').toBe(0);
    const because = flow.differs?.[authority]?.because;
    cells.set(flow, authority, because === undefined ? 'ok' : `differs (${because})`);
  });
}

describe('the rows', () => {
  it('have names of their own, and say what differs only where it does', () => {
    expect(new Set(flows.map(({ name }) => name)).size).toBe(flows.length);
    for (const { name, outcome, differs = {}, leftOut = {} } of flows) {
      for (const [authority, difference] of Object.entries(differs)) {
        expect(complete(difference.outcome), `${name}, ${authority}`).not.toEqual(complete(outcome));
        expect(difference.because, `${name}, ${authority}`).not.toBe('');
        expect(leftOut).not.toHaveProperty(authority);
      }
      expect(Object.keys(leftOut).length, `${name}: tried somewhere`).toBeLessThan(authorities.length);
    }
  });
});

describe('the fake CA, in real time', () => column('fake', flows, onFake));

describe('the fake CA, in virtual time', () => column('virtual', flows, inVirtualTime));

describe('the development CA', () => column('dev', flows, onDevCa));

for (const { options, grounds } of pebbles) {
  describeWithPebble(`Pebble: ${grounds.join(', ')}`, options, (get) =>
    column(
      'pebble',
      flows.filter(({ ground }) => grounds.includes(ground)),
      (flow) => onPebble(get(), flow),
    ),
  );
}

describe('the table', () => {
  it('has no empty cell', async () => {
    const found = await obtainPebble();
    if ('missing' in found) {
      expect(process.env['CI'], found.missing).not.toBe('true');
      cells.fill('pebble', 'left out (there is no Pebble here)');
    }
    console.info(cells.print());
    expect(cells.empty()).toEqual([]);
  });
});
