import { concat, defer, EMPTY, filter, type Observable } from 'rxjs';
import { ownMember } from '../codec/tolerant.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { IssuanceEvent } from '../model/events.js';
import { authorize } from './authorize.js';
import { download } from './download.js';
import { explainInvalid } from './explain-invalid.js';
import { finalize } from './finalize.js';
import type { Issuance, Progress, StepFunction } from './issuance.js';
import { watchOrder } from './watch-order.js';

const maxSteps = 24;

const explain: StepFunction = (issuance, { order }) => explainInvalid(issuance, order, false);

/** What each status allows the client to do next: the whole of the state machine. */
const steps: Readonly<Record<string, StepFunction>> = {
  pending: authorize,
  ready: finalize,
  processing: (issuance, progress) => watchOrder(issuance, progress, ({ status }) => status !== 'processing'),
  valid: download,
  invalid: explain,
  canceled: explain,
};

/**
 * Brings an order from whatever status it has to its certificate, by doing the one thing that the status allows and
 * looking at the status again.
 *
 * @see RFC 8555 §7.1.6, §7.4, RFC 8739 §3.1.1
 */
export const fulfilOrder = (issuance: Issuance, progress: Progress, taken = 0): Observable<IssuanceEvent> =>
  defer(() => {
    const { status, url } = progress.order;
    const step = ownMember(steps, status);
    if (step === undefined) {
      throw protocolFault(url, `the order has the status "${status}", which RFC 8555 does not know`);
    }
    if (taken === maxSteps) throw protocolFault(url, 'the order goes round in circles');
    // The next step begins when this one has ended, its clean-up included.
    let next: Progress | undefined;
    return concat(
      step(issuance, progress).pipe(
        filter((each): each is IssuanceEvent => {
          if (each.type === 'progress') next = each.progress;
          return each.type !== 'progress';
        }),
      ),
      defer(() => (next === undefined ? EMPTY : fulfilOrder(issuance, next, taken + 1))),
    );
  });
