import { defer, type Observable } from 'rxjs';
import type * as issuing from '../testing/issuing/issuing.js';

/** What issues certificates. */
export type Issuing = typeof issuing;

/** Loads it when it is needed: pkijs is large. */
export const loadIssuing = (): Observable<Issuing> => defer(() => import('../testing/issuing/issuing.js'));
