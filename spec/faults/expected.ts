import type { FaultName } from '../support/fault-answers.js';
import type { Cell, FaultMoment } from './cells.js';

/** The ends that are right: `certificate`, or codes of errors. */
type Outcomes = readonly string[];

type Expectation = Readonly<Record<FaultMoment, Outcomes>> & {
  /** Where an operation differs. */
  readonly at?: Readonly<Record<string, Partial<Readonly<Record<FaultMoment, Outcomes>>>>>;
};

const certificate: Outcomes = ['certificate'];
const passes: Expectation = { once: certificate, always: certificate };

/** Another request brings a nonce in the meantime. */
const newNonce = (...always: string[]) => ({ newNonce: { always: [...always, 'certificate'] } });

const lost: Expectation = { once: certificate, always: ['transport'], at: newNonce('transport') };

/** Whoever looks finds that it was carried out. */
const lostAfter: Expectation = {
  ...lost,
  at: { ...newNonce('transport'), challenge: { always: certificate }, finalize: { always: certificate } },
};

const serverError: Expectation = {
  once: certificate,
  always: ['problem'],
  at: { ...newNonce('problem'), challenge: { always: ['problem', 'authorization'] } },
};

const carriedOutServerError: Expectation = {
  ...serverError,
  at: { ...newNonce('problem'), challenge: { always: certificate }, finalize: { always: ['problem', 'certificate'] } },
};

const waits: Expectation = { once: certificate, always: ['rateLimited'], at: newNonce('rateLimited') };
const limited: Expectation = { once: ['rateLimited'], always: ['rateLimited'] };

const badAnswer: Expectation = {
  once: ['protocol', 'certificate'],
  always: ['protocol'],
  at: newNonce('protocol'),
};

const carriedOutBadAnswer: Expectation = {
  ...badAnswer,
  at: {
    ...newNonce('protocol'),
    challenge: { always: ['protocol', 'certificate'] },
    finalize: { always: ['protocol', 'certificate'] },
  },
};

const patience: Expectation = { once: ['certificate', 'timeout'], always: ['certificate', 'timeout'] };

const expected: Readonly<Record<FaultName, Expectation>> = {
  'lost before it was carried out': lost,
  'lost after it was carried out': lostAfter,
  'cut in the middle of the answer': lostAfter,
  'never answered': lost,
  'carried out and never answered': lostAfter,
  'a 500': serverError,
  'carried out and 500': carriedOutServerError,
  '502 with HTML': serverError,
  'a 503': serverError,
  '503 with Retry-After': waits,
  'carried out and 503 with Retry-After': {
    ...waits,
    at: { ...newNonce('rateLimited'), challenge: { always: certificate }, finalize: { always: certificate } },
  },
  '503 with Retry-After of a day': limited,
  'a 429': limited,
  '429 with Retry-After in seconds': waits,
  '429 with Retry-After as a date': waits,
  'badNonce, three times': {
    once: certificate,
    always: ['badNonce'],
    at: { ...newNonce('badNonce'), directory: { once: ['badNonce', 'certificate'] } },
  },
  garbage: carriedOutBadAnswer,
  'a page of HTML': badAnswer,
  'another content type': { once: ['certificate', 'protocol'], always: ['certificate', 'protocol'] },
  'JSON of another shape': carriedOutBadAnswer,
  'JSON that is a list': carriedOutBadAnswer,
  'members called __proto__': passes,
  'an empty body': carriedOutBadAnswer,
  'a body too large': carriedOutBadAnswer,
  'a redirect': badAnswer,
  'Retry-After of a day': patience,
  'Retry-After of an age': patience,
  'Retry-After that means nothing': passes,
  'no nonce': { ...passes, at: { newNonce: { once: ['protocol', 'certificate'], always: ['protocol'] } } },
};

/** The ends that are right for a cell. */
export function expectedOutcomes({ fault, moment, operation }: Cell): Outcomes {
  const { at, ...usual } = expected[fault as FaultName];
  return at?.[operation]?.[moment] ?? usual[moment];
}
