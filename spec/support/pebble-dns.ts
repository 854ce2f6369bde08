import { Resolver } from 'node:dns/promises';
import { plainRequest } from './http-request.js';

/** The zone that Pebble's validation sees. Each change is in force when its Promise resolves. */
export interface PebbleDns {
  /** `127.0.0.1:port`, for UDP and TCP. Every name without records of its own has the address 127.0.0.1. */
  readonly server: string;
  /** Adds one TXT value beside those the name has. Adding the same value again changes nothing. */
  addTxt(name: string, value: string): Promise<void>;
  /** Removes one TXT value and leaves the others in place, without a moment in which they are missing. */
  removeTxt(name: string, value: string): Promise<void>;
  /** The TXT values added and not removed. */
  txt(name: string): readonly string[];
  /** Replaces the IPv4 addresses of a host; none brings the default, 127.0.0.1, back. */
  setA(host: string, ...addresses: string[]): Promise<void>;
  /** Replaces the IPv6 addresses of a host; none leaves it without, which is the default. */
  setAaaa(host: string, ...addresses: string[]): Promise<void>;
  /** Makes a name an alias (one step is followed); undefined ends that. */
  setCname(name: string, target: string | undefined): Promise<void>;
  /** Makes all queries for a name fail, or ends that. */
  setServfail(name: string, fails?: boolean): Promise<void>;
}

/** Drives the DNS part of pebble-challtestsrv over its management port. */
export class ChallengeDns implements PebbleDns {
  readonly server: string;
  readonly #management: string;
  readonly #txt = new Map<string, string[]>();
  readonly #aliases = new Map<string, string>();
  readonly #pending = new Map<string, Promise<void>>();
  #switches = 0;

  constructor(dnsPort: number, managementPort: number) {
    this.server = `127.0.0.1:${String(dnsPort)}`;
    this.#management = `http://127.0.0.1:${String(managementPort)}`;
  }

  addTxt(name: string, value: string): Promise<void> {
    const host = canonical(name);
    return this.#inTurn(host, async () => {
      const values = this.txt(host);
      if (values.includes(value)) return;
      await this.#post('set-txt', { host, value }); // Despite its name it adds.
      this.#txt.set(host, [...values, value]);
    });
  }

  removeTxt(name: string, value: string): Promise<void> {
    const host = canonical(name);
    return this.#inTurn(host, async () => {
      const values = this.txt(host);
      const rest = values.filter((each) => each !== value);
      if (rest.length === values.length) return;
      if (rest.length === 0) await this.#post('clear-txt', { host });
      else await this.#replaceTxt(host, rest);
      this.#txt.set(host, rest);
    });
  }

  txt(name: string): readonly string[] {
    return this.#txt.get(canonical(name)) ?? [];
  }

  setA(name: string, ...addresses: string[]): Promise<void> {
    const host = canonical(name);
    return this.#inTurn(host, async () => {
      await this.#post('clear-a', { host });
      if (addresses.length > 0) await this.#post('add-a', { host, addresses });
    });
  }

  setAaaa(name: string, ...addresses: string[]): Promise<void> {
    const host = canonical(name);
    return this.#inTurn(host, async () => {
      await this.#post('clear-aaaa', { host });
      if (addresses.length > 0) await this.#post('add-aaaa', { host, addresses });
    });
  }

  setCname(name: string, target: string | undefined): Promise<void> {
    const host = canonical(name);
    return this.#inTurn(host, async () => {
      if (target === undefined) {
        this.#aliases.delete(host);
        await this.#post('clear-cname', { host });
      } else {
        this.#aliases.set(host, canonical(target));
        await this.#post('set-cname', { host, target: canonical(target) });
      }
    });
  }

  setServfail(name: string, fails = true): Promise<void> {
    const host = canonical(name);
    return this.#inTurn(host, () => this.#post(fails ? 'set-servfail' : 'clear-servfail', { host }));
  }

  /** Resolves when a record set over the management port is read back over DNS: both ports answer, and are ours. */
  async probe(): Promise<void> {
    const host = 'probe.rxacme.test.';
    const value = `probe-${String(Date.now())}`;
    await this.#post('set-txt', { host, value }, 1000); // Whoever has the port instead may never answer.
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([this.server]);
    const answer = await resolver.resolveTxt(host);
    await this.#post('clear-txt', { host });
    if (!answer.flat().includes(value)) throw new Error(`${this.server} is another DNS server`);
  }

  /**
   * The server can only drop all values of a name. So that a validation which looks meanwhile still
   * finds the ones to keep, the name is an alias of a copy of them while its own records are redone.
   */
  async #replaceTxt(host: string, values: readonly string[]): Promise<void> {
    const copy = `copy-${String(++this.#switches)}.${host}`;
    for (const value of values) await this.#post('set-txt', { host: copy, value });
    await this.#post('set-cname', { host, target: copy });
    await this.#post('clear-txt', { host });
    for (const value of values) await this.#post('set-txt', { host, value });
    const alias = this.#aliases.get(host);
    if (alias === undefined) await this.#post('clear-cname', { host });
    else await this.#post('set-cname', { host, target: alias });
    await this.#post('clear-txt', { host: copy });
  }

  /** Runs the changes to one name one after another, a failed one included. */
  #inTurn(host: string, change: () => Promise<void>): Promise<void> {
    const turn = (this.#pending.get(host) ?? Promise.resolve()).then(change);
    this.#pending.set(
      host,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async #post(operation: string, content: object, limitMs = 10_000): Promise<void> {
    const url = `${this.#management}/${operation}`;
    const { status, body } = await plainRequest(url, { method: 'POST', body: JSON.stringify(content), limitMs });
    if (status !== 200) throw new Error(`pebble-challtestsrv refused ${operation}: ${String(status)} ${body}`);
  }
}

/** Lower case, with the final dot: before 2.10 the server does not find TXT records that were set without it. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/\.?$/, '.');
}
