import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** What a name server knows of a name. */
export interface DnsRecords {
  readonly txt?: readonly string[];
  /** IPv4 addresses. */
  readonly a?: readonly string[];
}

export interface DnsResponder {
  /** `127.0.0.1:port`. */
  readonly server: string;
  /** By name, in lower case; to be changed at will. `fails` and `silent` are answers too. */
  readonly zone: Map<string, DnsRecords | 'fails' | 'silent'>;
  /** What was asked, such as `TXT _acme-challenge.example.org`. */
  readonly questions: readonly string[];
}

const types: Readonly<Record<number, string>> = { 1: 'A', 16: 'TXT', 28: 'AAAA' };
const response = 0x8400;
const [noError, serverFailure, noSuchName] = [0, 2, 3];

/** A name server on loopback that knows only what it is told, over UDP. Closed when the spec is over. */
export async function dnsResponder(): Promise<DnsResponder> {
  const socket = createSocket('udp4');
  const zone: DnsResponder['zone'] = new Map();
  const questions: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const answer = answerTo(query, zone, questions);
    if (answer !== undefined) socket.send(answer, port, address);
  });
  await bound(socket);
  onTestFinished(() => {
    socket.close();
  });
  return { server: `127.0.0.1:${socket.address().port}`, zone, questions };
}

async function bound(socket: Socket): Promise<void> {
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
}

/** RFC 1035 §4.1: the query's question is repeated, and every answer points to the name in it. */
function answerTo(query: Buffer, zone: DnsResponder['zone'], questions: string[]): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += 1 + length;
  }
  const name = labels.join('.').toLowerCase();
  const type = query.readUInt16BE(at + 1);
  questions.push(`${types[type] ?? type} ${name}`);
  const known = zone.get(name);
  if (known === 'silent') return undefined;
  const code = known === 'fails' ? serverFailure : known === undefined ? noSuchName : noError;
  const data = typeof known === 'object' ? dataOf(known, types[type]) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(response | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data.length, 6);
  const records = data.map((each) => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt16BE(each.length, 10);
    return Buffer.concat([fixed, each]);
  });
  return Buffer.concat([header, query.subarray(12, at + 5), ...records]);
}

function dataOf({ txt = [], a = [] }: DnsRecords, type: string | undefined): readonly Buffer[] {
  if (type === 'A') return a.map((address) => Buffer.from(address.split('.').map(Number)));
  return type === 'TXT' ? txt.map(text) : [];
}

/** Strings of at most 255 octets; these are cut at 40, so that whoever reads has to put them together. */
const text = (value: string): Buffer =>
  Buffer.concat((value.match(/.{1,40}/g) ?? []).map((part) => Buffer.from([part.length, ...Buffer.from(part)])));
