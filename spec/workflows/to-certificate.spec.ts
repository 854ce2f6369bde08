import { describe, expect, it } from 'vitest';
import { type CertificateIssued, type IssuanceEvent, obtainCertificate, toCertificate } from '../../lib/index.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, virtualTime } from '../support/virtual-time.js';

const at = new Date(0);
const ready: IssuanceEvent = { type: 'order-ready', at, orderUrl: 'https://ca.test/order/1' };
const issued = { type: 'certificate-issued', at, orderUrl: ready.orderUrl } as CertificateIssued;

describe('toCertificate', () => {
  it('keeps the result, completes with its source, and passes on its error', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const events = cold('-r-c-|', { r: ready, c: issued });
      expectObservable(events.pipe(toCertificate())).toBe('---c-|', { c: issued });
      expectSubscriptions(events.subscriptions).toBe('^----!');
      expectObservable(cold('-r-#', { r: ready }, 'failed').pipe(toCertificate())).toBe('---#', {}, 'failed');
      expectObservable(cold('-r-|', { r: ready }).pipe(toCertificate())).toBe('---|');
    }));

  it('gives certificate and key of an order', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler);
      const events$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] });
      const { values } = completed(time, events$.pipe(toCertificate()));
      expect(values).toHaveLength(1);
      expect(values[0]?.certificate.leaf.identifiers).toEqual([{ type: 'dns', value: 'example.org' }]);
      expect(values[0]?.key).toBeDefined();
    }));
});
