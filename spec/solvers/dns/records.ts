import { EMPTY, type ObservableInput } from 'rxjs';
import type { DnsProvider, DnsRecord } from '../../../lib/solvers/dns/dns-provider.js';

export const recordOf = (value = 'value', name = '_acme-challenge.example.org'): DnsRecord => ({
  name,
  value,
  identifier: { type: 'dns', value: name.replace('_acme-challenge.', '') },
});

/** A provider that writes down what it is asked for. */
export function recordingProvider(answer: (record: DnsRecord) => ObservableInput<unknown> = () => EMPTY) {
  const calls: (readonly [string, DnsRecord])[] = [];
  const call = (name: string) => (record: DnsRecord) => {
    calls.push([name, record]);
    return answer(record);
  };
  const provider: DnsProvider = { add: call('add'), remove: call('remove') };
  return { calls, provider, called: () => calls.map(([name, { value }]) => `${name} ${value}`) };
}
