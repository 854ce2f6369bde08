/**
 * For tests of applications: a CA in the process, virtual time, and ports that answer at once. Works with any test runner.
 *
 * @module rxacme/testing
 */
export { fakeCa, type FakeCa } from './fake-ca.js';
export type { FakeCaOptions, Processing, Validated } from './fake-ca-options.js';
export type { Behaviour, When } from './behaviour.js';
export type { OperationName } from './ca/operation.js';
export type { ProblemInit } from './ca/refusal.js';
export type { RenewalAnswer, RenewalSubject } from './ca/renewal-answer.js';
export type { Reply } from './ca/reply.js';
export type { CaHistory, Outcome, RecordedRequest } from './history.js';
export { recordingSolver, type RecordingSolver, type RecordingSolverOptions } from './recording-solver.js';
export { scriptedReplies, type ScriptedReply } from './scripted-replies.js';
export { synchronousDigest, synchronousSigner } from './synchronous/keys.js';
export { synchronousPorts, type SynchronousPorts } from './synchronous/ports.js';
export { synchronousCertificateKey } from './synchronous/x509.js';
export { testAccount, type TestAccountOptions, testSession } from './test-account.js';
export { timeline } from './timeline.js';
export { offsetClock, virtualTime, type VirtualTimeHelpers, type VirtualTimeOptions } from './virtual-time.js';
