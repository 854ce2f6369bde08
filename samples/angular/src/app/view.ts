import { type AcmeAuthorizationError, type CertificateIssued, type DnsPropagation, isAcmeError } from 'rxacme';
import { describeError, mayFareBetter } from './describe-error';
import type { Failed, Step } from './step';

/** What a marble or a line is coloured by. */
export type Tone = 'plain' | 'work' | 'wait' | 'good' | 'bad';

/** One thing that happened. */
export interface Entry {
  readonly at: Date;
  /** Without it, it is about the whole order. */
  readonly name?: string;
  readonly type: Step['type'] | 'failed';
  readonly tone: Tone;
  readonly text: string;
}

/** How far one name has come. */
export interface NameView {
  readonly name: string;
  readonly state: 'waiting' | 'pending' | 'presented' | 'checking' | 'valid' | 'failed' | 'stopped';
  readonly challengeType?: string;
  /** What is going on, or why it failed. */
  readonly text: string;
  readonly propagation?: DnsPropagation;
}

/** What the page shows of one issuance. */
export interface View {
  readonly phase: 'account' | 'order' | 'proof' | 'finalize' | 'issued' | 'failed';
  readonly names: readonly NameView[];
  readonly entries: readonly Entry[];
  readonly resumed: boolean;
  /** What is waited for, and until when. */
  readonly wait?: { readonly text: string; readonly until: Date } | undefined;
  readonly issued?: CertificateIssued;
  readonly failure?: string;
  /** Of a failure: whether trying again is worth while. */
  readonly mayFareBetter?: boolean;
}

/** Before anything has happened. */
export const started = (names: readonly string[]): View => ({
  phase: 'account',
  names: names.map((name) => ({ name, state: 'waiting', text: 'Not begun' })),
  entries: [],
  resumed: false,
});

/** What the page shows after one more thing has happened. */
export function next(view: View, step: Step | Failed): View {
  const { at, type } = step;
  const told = (tone: Tone, text: string, changes: Partial<View> = {}, name?: string): View => ({
    ...view,
    entries: [...view.entries, { at, type, tone, text, ...(name !== undefined && { name }) }],
    ...changes,
  });
  const named = (name: string, tone: Tone, text: string, changes: Partial<NameView>): View =>
    told(tone, text, { phase: 'proof', names: changed(view.names, name, { text, ...changes }) }, name);
  switch (step.type) {
    case 'order-created':
      return told('good', step.resumed ? `Order taken up again, it is ${step.status}` : 'Order made', {
        phase: step.status === 'pending' ? 'proof' : 'finalize',
        resumed: step.resumed,
        ...(step.status !== 'pending' && { names: view.names.map(proven) }),
      });
    case 'identifiers-left-out':
      return told('bad', `Left out: ${step.leftOut.map(({ identifier }) => identifier.value).join(', ')}`);
    case 'authorization-pending':
      return named(step.name, 'plain', `To be proven by ${step.challengeType}`, {
        state: 'pending',
        challengeType: step.challengeType,
      });
    case 'challenge-presented':
      return named(step.name, 'work', 'Answer is up', { state: 'presented' });
    case 'proof-progress':
      return progressed(view, step.name, step.progress as DnsPropagation | null, named);
    case 'challenge-answered':
      return step.problem === undefined
        ? named(step.name, 'work', 'The authority is looking', { state: 'checking' })
        : named(step.name, 'bad', step.problem.detail ?? 'It looked in vain', { state: 'checking' });
    case 'authorization-settled':
      return step.status === 'valid'
        ? named(step.name, 'good', 'Proven', { state: 'valid' })
        : named(step.name, 'bad', step.problem?.detail ?? `It is ${step.status}`, { state: 'failed' });
    case 'waiting':
    case 'polled':
      return told(step.nextPollAt === undefined ? 'plain' : 'wait', `Looked at the order: ${step.status}`, {
        wait: step.nextPollAt && { text: 'Next look at the order', until: step.nextPollAt },
        ...(step.type === 'waiting' && { entries: view.entries }),
      });
    case 'order-ready':
      return told('good', 'All names are proven', {
        phase: 'finalize',
        names: view.names.map(proven),
        wait: undefined,
      });
    case 'key-stored':
      return told('work', 'Key of the certificate made and kept');
    case 'order-finalized':
      return told('work', 'Certificate asked for', { phase: 'finalize', wait: undefined });
    case 'clean-up-failed':
      return told('bad', `Could not be withdrawn: ${step.error.message}`, {}, step.name);
    case 'retrying':
      return told('bad', `Tried in vain, once more soon: ${step.reason}`, {
        wait: { text: `Attempt ${step.attempt + 1}`, until: new Date(at.getTime() + step.waitMs) },
      });
    case 'held':
      return step.opensAt === undefined
        ? told('plain', 'Requests go on')
        : told('wait', 'The authority asks for patience', { wait: { text: 'Requests go on', until: step.opensAt } });
    case 'certificate-issued':
      return told('good', 'Certificate issued', {
        phase: 'issued',
        issued: step,
        wait: undefined,
        names: view.names.map(proven),
      });
    case 'failed':
      return failed(view, step, told);
  }
}

const proven = (view: NameView): NameView => ({ ...view, state: 'valid', text: 'Proven' });

const changed = (names: readonly NameView[], name: string, changes: Partial<NameView>): readonly NameView[] =>
  names.map((view) => (view.name === name ? { ...view, ...changes } : view));

function progressed(
  view: View,
  name: string,
  progress: DnsPropagation | null,
  named: (name: string, tone: Tone, text: string, changes: Partial<NameView>) => View,
): View {
  if (typeof progress?.seen !== 'number') return view;
  const text = `Seen by ${progress.seen} of ${progress.of} servers`;
  return named(name, 'wait', text, { state: 'presented', propagation: progress });
}

function failed(view: View, { error }: Failed, told: (tone: Tone, text: string, changes: Partial<View>) => View): View {
  const failures = (error as Partial<AcmeAuthorizationError> | undefined)?.failures ?? [];
  const isOrdered = view.entries.some(({ type }) => type === 'order-created');
  const names = failures.reduce<readonly NameView[]>(
    (all, { identifier, wildcard, problem, reason }) =>
      changed(all, `${wildcard ? '*.' : ''}${identifier.value}`, { state: 'failed', text: problem?.detail ?? reason }),
    isOrdered ? view.names.map(stopped) : view.names,
  );
  const isUnsolved = isAcmeError(error, 'unsupported') && names.some(({ state }) => state === 'stopped');
  const failure = isUnsolved ? noProof : describeError(error, failures.length);
  return told('bad', failure, {
    phase: 'failed',
    names,
    failure,
    mayFareBetter: mayFareBetter(error),
    wait: undefined,
  });
}

const noProof = 'The authority asks for proofs that cannot be given here. Choose another one, or other names.';

/** Names of which nothing is said were not looked at to the end. */
const stopped = (view: NameView): NameView =>
  ['valid', 'failed'].includes(view.state) ? view : { ...view, state: 'stopped', text: 'Not proven before it ended' };
