import { decodeBase64url } from '../codec/base64url.js';
import { parseUrl } from '../codec/url.js';
import type { FakeCaOptions } from './fake-ca-options.js';

/** Throws `TypeError` that names the option on what cannot work. */
export function checkFakeCaOptions(options: FakeCaOptions): void {
  const { origin, badNonceEvery, latencyMs = 0, roots, historyLimit, externalAccounts = {} } = options;
  if (origin !== undefined && parseUrl(origin)?.origin !== origin)
    fail('origin', 'must be scheme, host and port, with no slash at its end', origin);
  if (badNonceEvery !== undefined && !(Number.isInteger(badNonceEvery) && badNonceEvery > 0))
    fail('badNonceEvery', 'must be a whole number from 1 on', badNonceEvery);
  if (historyLimit !== undefined && !(Number.isInteger(historyLimit) && historyLimit >= 0))
    fail('historyLimit', 'must be a whole number', historyLimit);
  if (roots?.length === 0) fail('roots', 'must have at least one name', '[]');
  for (const latency of typeof latencyMs === 'number' ? [latencyMs] : Object.values(latencyMs))
    checkDuration('latencyMs', latency);
  checkDuration('validation.delayMs', options.validation?.delayMs);
  checkDuration('issuance.delayMs', options.issuance?.delayMs);
  checkDuration('lifetimeMs', options.lifetimeMs);
  checkDuration('pendingMs', options.pendingMs);
  for (const [kid, key] of Object.entries(externalAccounts)) checkMacKey(kid, key);
}

function checkDuration(option: string, ms: number | undefined): void {
  if (ms !== undefined && !(ms >= 0)) fail(option, 'must be a number of milliseconds, 0 at least', ms);
}

function checkMacKey(kid: string, key: string): void {
  try {
    decodeBase64url(key);
  } catch {
    // Not repeated: it may be a key all the same.
    throw new TypeError(`fakeCa: externalAccounts must have keys in base64url without padding, that of ${kid} is not`);
  }
}

function fail(option: string, demand: string, found: unknown): never {
  throw new TypeError(`fakeCa: ${option} ${demand}, found ${String(found)}`);
}
