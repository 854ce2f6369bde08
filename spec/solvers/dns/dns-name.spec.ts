import { describe, expect, it } from 'vitest';
import { canonicalDnsName, isWithin, relativeTo, zoneAmong } from '../../../lib/solvers/dns/dns-name.js';

describe('names and zones', () => {
  it('are compared without regard to case or a final dot', () => {
    expect(canonicalDnsName('_Acme-Challenge.EXAMPLE.org.')).toBe('_acme-challenge.example.org');
    expect(canonicalDnsName('.')).toBe('');
  });

  it('belong together by whole labels', () => {
    expect(isWithin('a.example.org', 'example.org')).toBe(true);
    expect(isWithin('example.org', 'example.org')).toBe(true);
    expect(isWithin('fooexample.org', 'example.org')).toBe(false);
    expect(isWithin('org', 'example.org')).toBe(false);
    expect(isWithin('org', '')).toBe(true);
  });

  it('have the part before the zone', () => {
    expect(relativeTo('_acme-challenge.a.example.org', 'example.org')).toBe('_acme-challenge.a');
    expect(relativeTo('example.org', 'example.org')).toBe('');
    expect(relativeTo('example.org', '')).toBe('example.org');
  });

  it('choose the most specific zone', () => {
    expect(zoneAmong('a.b.example.org', ['org', 'B.example.org.', 'example.org', 'x.org'])).toBe('b.example.org');
    expect(zoneAmong('a.b.example.org', ['a.example.org', 'xample.org'])).toBeUndefined();
  });
});
