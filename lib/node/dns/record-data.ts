import { canonicalDnsName } from '../../solvers/dns/dns-name.js';
import { codecs } from './codecs.js';
import { type DnsMessage, readable, type WireRecord } from './message.js';
import { recordClass, recordType } from './record-types.js';

type Type = keyof typeof recordType;

const ofType = (records: readonly WireRecord[], type: Type): readonly WireRecord[] =>
  records.filter((record) => record.type === recordType[type] && record.class === recordClass.IN);

/** The TXT values of an answer, the strings of each joined. */
export const txtValues = ({ bytes, answers }: DnsMessage, server: string): readonly string[] =>
  readable(server, () =>
    ofType(answers, 'TXT').map(({ dataStart }) =>
      Buffer.concat(codecs.txt.decode(bytes, dataStart - 2)).toString('latin1'),
    ),
  );

/** The addresses of an answer. */
export const addressesIn = ({ bytes, answers }: DnsMessage, server: string): readonly string[] =>
  readable(server, () => [
    ...ofType(answers, 'A').map(({ dataStart }) => codecs.a.decode(bytes, dataStart - 2)),
    ...ofType(answers, 'AAAA').map(({ dataStart }) => codecs.aaaa.decode(bytes, dataStart - 2)),
  ]);

/** What a name is an alias of. */
export const aliasIn = ({ bytes, answers }: DnsMessage, name: string, server: string): string | undefined =>
  readable(server, () => {
    const record = ofType(answers, 'CNAME').find((each) => canonicalDnsName(each.name) === canonicalDnsName(name));
    return record === undefined ? undefined : canonicalDnsName(codecs.name.decode(bytes, record.dataStart));
  });

/** The name servers that a section names, and the zone that they are for. */
export const nameServersIn = (
  { bytes }: DnsMessage,
  records: readonly WireRecord[],
  server: string,
): { readonly zone: string; readonly names: readonly string[] } | undefined =>
  readable(server, () => {
    const found = ofType(records, 'NS');
    const zone = found[0] && canonicalDnsName(found[0].name);
    if (zone === undefined) return undefined;
    const names = found
      .filter(({ name }) => canonicalDnsName(name) === zone)
      .map(({ dataStart }) => canonicalDnsName(codecs.name.decode(bytes, dataStart)));
    return { zone, names: [...new Set(names)] };
  });

/** The owner of the SOA record that an answer has or is denied with: the zone. */
export const zonesIn = ({ answers, authorities }: DnsMessage): readonly string[] =>
  [...ofType(answers, 'SOA'), ...ofType(authorities, 'SOA')].map(({ name }) => canonicalDnsName(name));

/** How long resolvers may remember a denial, RFC 2308 §5. */
export const rememberedMs = ({ bytes, authorities }: DnsMessage, server: string): number | undefined =>
  readable(server, () => {
    const soa = ofType(authorities, 'SOA')[0];
    if (soa === undefined) return undefined;
    const { minimum = 0 } = codecs.soa.decode(bytes, soa.dataStart - 2);
    return Math.min(minimum, soa.ttl) * 1000;
  });
