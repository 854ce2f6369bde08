/** Every port of a session without a Promise in it, so that whole orders run in virtual time. */
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import { encodeHex } from '../../lib/codec/hex.js';
import { decodePem, parsePemChain } from '../../lib/codec/pem.js';
import { decodeUtf8, encodeUtf8 } from '../../lib/codec/utf8.js';
import { checkChain } from '../../lib/x509/check-chain.js';
import { defer, EMPTY, of, type SchedulerLike, type TimestampProvider } from 'rxjs';
import {
  type AcmeAccount,
  acmeAccount,
  type AcmeDigest,
  acmeSession,
  type AcmeSession,
  type AcmeSessionOptions,
  type AcmeSigner,
  type CertificateKey,
  type CertificateReader,
  type ChallengeSolver,
  type ChallengeTask,
  type Identifier,
  type PublicJwk,
} from '../../lib/index.js';
import { accountUrl, type CaSettings, directoryUrl, type ScriptedCa, scriptedCa } from './scripted-ca.js';

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** SHA-256, at once. */
export const syncDigest: AcmeDigest = (data) => of(sha256(data));

/** What looks like a point on P-256; another one for each number. */
const point = (seed: number): { x: Uint8Array; y: Uint8Array } => ({
  x: new Uint8Array(32).fill(seed),
  y: new Uint8Array(32).fill(seed + 1),
});

export interface SyncSigner extends AcmeSigner {
  readonly publicJwk: PublicJwk;
  /** Everything that was signed. */
  readonly inputs: Uint8Array[];
}

/** Signs with the input's digest, twice. */
export function syncSigner(seed = 1): SyncSigner {
  const { x, y } = point(seed);
  const inputs: Uint8Array[] = [];
  return {
    alg: 'ES256',
    publicJwk: { kty: 'EC', crv: 'P-256', x: encodeBase64url(x), y: encodeBase64url(y) },
    inputs,
    sign: (input) => (inputs.push(input), of(signatureOf(input))),
  };
}

/** The signature that {@link syncSigner} makes. */
export const signatureOf = (input: Uint8Array): Uint8Array => joined(sha256(input), sha256(input));

/** A certificate's key; that of a number is the key of the signer of that number. */
export const syncKey = (seed = 77): CertificateKey => ({
  keyType: 'P-256',
  publicKey: joined(encodeUtf8('spki'), Uint8Array.of(4), point(seed).x, point(seed).y),
  sign: (input) => of(signatureOf(input)),
  exportPem: () => of(`key ${seed}`),
});

/** JSON where DER is expected: one SEQUENCE around it. */
export function fakeDer(content: object): Uint8Array {
  const body = encodeUtf8(JSON.stringify(content));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, body.length);
  const first = body.length < 0x80 ? 3 : length.findIndex((octet) => octet !== 0);
  const form = body.length < 0x80 ? [] : [0x84 - first];
  return joined(Uint8Array.of(0x30, ...form), length.subarray(first), body);
}

const openingBrace = 0x7b;

const readFakeDer = (der: Uint8Array) => {
  const { publicKey, ...rest } = JSON.parse(decodeUtf8(der.subarray(der.indexOf(openingBrace)), 'request'));
  return { ...rest, publicKey: Uint8Array.from(publicKey.match(/../g) ?? [], (octet) => Number(`0x${octet}`)) };
};

/** A request that {@link syncCertificateReader} reads. */
export const syncCertificateRequest = (key: CertificateKey, names: readonly (string | Identifier)[]): Uint8Array =>
  fakeDer({
    identifiers: names.map((name) => (typeof name === 'string' ? { type: 'dns', value: name } : name)),
    publicKey: encodeHex(key.publicKey),
  });

/** Reads requests and certificates alike: what the CA issues are the octets of the request. */
export const syncCertificateReader: CertificateReader = {
  readRequest: (request) =>
    defer(() => {
      const der = typeof request === 'string' ? decodePem(request, ['CERTIFICATE REQUEST']) : request;
      return of({ der, ...readFakeDer(der) });
    }),
  readChain: (pem, expected) =>
    defer(() => {
      const links = parsePemChain(decodeUtf8(pem), pem).map((der) => ({
        der: Uint8Array.from(der),
        subject: '',
        issuer: 'CN=Scripted CA',
        serialNumber: '01',
        notBeforeAt: new Date(0),
        notAfterAt: new Date(90 * 86_400_000),
        verifiedByNext: true,
        ...readFakeDer(der),
      }));
      checkChain(links, expected, pem);
      return of({ chain: links.map(({ verifiedByNext: _, ...details }) => details) });
    }),
};

/** One call of a solver's function, by the time it was subscribed. */
export interface SolverCall {
  readonly what: 'present' | 'ready' | 'cleanUp';
  readonly task: ChallengeTask;
  readonly atMs: number;
}

export interface RecordingSolver extends ChallengeSolver {
  readonly calls: SolverCall[];
  /** The names for which a function was called, `*.` in front of wildcards. */
  names(what: SolverCall['what']): string[];
}

/** A solver that does nothing but what it is told, and writes down what it was asked. */
export function recordingSolver(
  { types = ['http-01', 'dns-01'], ...behaviour }: Partial<ChallengeSolver> = {},
  scheduler?: SchedulerLike,
): RecordingSolver {
  const calls: SolverCall[] = [];
  const recorded = (what: SolverCall['what']) => (task: ChallengeTask) =>
    defer(() => {
      calls.push({ what, task, atMs: scheduler?.now() ?? 0 });
      return behaviour[what]?.(task) ?? EMPTY;
    });
  const names = (what: SolverCall['what']) =>
    calls.filter((call) => call.what === what).map(({ task }) => nameOf(task));
  return { types, calls, names, present: recorded('present'), ready: recorded('ready'), cleanUp: recorded('cleanUp') };
}

/** The name that is to be proven. */
export const nameOf = ({ identifier, wildcard }: Pick<ChallengeTask, 'identifier' | 'wildcard'>): string =>
  `${wildcard ? '*.' : ''}${identifier.value}`;

/** A clock that goes as the scheduler does, but from another time on, and counts who looks at it. */
export function offsetClock(
  scheduler: SchedulerLike,
  offsetMs = Date.UTC(2026, 0, 1),
): TimestampProvider & { looks: number } {
  return {
    looks: 0,
    now() {
      this.looks++;
      return scheduler.now() + offsetMs;
    },
  };
}

/** A CA, a session with it and an account of it. */
export interface Bench {
  readonly ca: ScriptedCa;
  readonly session: AcmeSession;
  readonly signer: SyncSigner;
  readonly account: AcmeAccount;
}

/** All on one scheduler, without a Promise anywhere, and without chance. */
export function syncBench(
  scheduler: SchedulerLike,
  settings: Omit<CaSettings, 'scheduler'> = {},
  options: Partial<AcmeSessionOptions> = {},
): Bench {
  const ca = scriptedCa({ ...settings, scheduler });
  const signer = syncSigner();
  const session = acmeSession({
    directoryUrl,
    transport: ca.transport,
    scheduler,
    clock: offsetClock(scheduler),
    random: () => 0.5,
    digest: syncDigest,
    keyGenerator: () => of(syncKey()),
    certificateRequestBuilder: (key, identifiers) => of(syncCertificateRequest(key, identifiers)),
    certificateReader: syncCertificateReader,
    ...options,
  });
  return { ca, session, signer, account: acmeAccount(session, { signer, url: accountUrl }) };
}
