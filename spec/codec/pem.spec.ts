import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { decodePem, encodePem, parsePemChain } from '../../lib/codec/pem.js';
import { bytes, protocolErrorOf, thrownBy, unlessThrown, utf8 } from './support.js';
import { covers } from '../support/covers.js';

covers('certificate');

const leaf = bytes(0x30, 0x03, 0x02, 0x01, 0x01);
const issuer = Uint8Array.from({ length: 100 }, (_, index) => index);
const leafPem = encodePem('CERTIFICATE', leaf);
const issuerPem = encodePem('CERTIFICATE', issuer);
const keyPem = encodePem('PRIVATE KEY', utf8('s3cret'));
const chainPem = leafPem + issuerPem;

const someDer = fc.uint8Array({ minLength: 1, maxLength: 150 });

describe('encodePem', () => {
  it('writes lines of 64 characters, each ended (RFC 7468 §2)', () => {
    expect(encodePem('CERTIFICATE REQUEST', new Uint8Array(49))).toBe(
      `-----BEGIN CERTIFICATE REQUEST-----\n${'A'.repeat(64)}\nAA==\n-----END CERTIFICATE REQUEST-----\n`,
    );
    expect(leafPem).toBe('-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n');
  });
});

describe('parsePemChain', () => {
  it.each([
    ['as it should be', chainPem],
    ['without a line break at the end', chainPem.trimEnd()],
    ['with CRLF', chainPem.replaceAll('\n', '\r\n')],
    ['with CR', chainPem.replaceAll('\n', '\r')],
    ['with blank lines around its blocks', `\n${leafPem}\n \t\n${issuerPem}\n\n`],
    ['with longer lines', chainPem.replace(/(?<=[A-Za-z\d+/]{64})\n/, '')],
  ])('reads a chain %s (RFC 8555 §9.1)', (_, text) => {
    expect(parsePemChain(text)).toEqual([leaf, issuer]);
  });

  it.each([
    ['a private key after the chain', chainPem + keyPem, 'a block of another type than CERTIFICATE (PRIVATE KEY)'],
    ['a private key before the chain', keyPem + chainPem, 'a block of another type than CERTIFICATE (PRIVATE KEY)'],
    [
      'a request',
      encodePem('CERTIFICATE REQUEST', leaf),
      'a block of another type than CERTIFICATE (CERTIFICATE REQUEST)',
    ],
    [
      'a trusted certificate',
      encodePem('TRUSTED CERTIFICATE', leaf),
      'a block of another type than CERTIFICATE (TRUSTED CERTIFICATE)',
    ],
    [
      'a label in lower case',
      encodePem('certificate', leaf),
      'a block of another type than CERTIFICATE (an odd label)',
    ],
    [
      'a BEGIN without its dashes',
      `-----BEGIN CERTIFICATE\n${leafPem}`,
      'a block of another type than CERTIFICATE (an odd label)',
    ],
    [
      'a BEGIN with something behind',
      leafPem.replace('-----\nM', '----- \nM'),
      'a block of another type than CERTIFICATE (an odd label)',
    ],
    ['a key within a block', leafPem.replace('-----END', `${keyPem}-----END`), 'certificate 1 is not base64'],
    ['a key within another block, indented', leafPem.replace('MAMC', ` ${keyPem}MAMC`), 'certificate 1 is not base64'],
    ['an indented key', `${chainPem} ${keyPem}`, 'text outside of its PEM blocks'],
    ['an explanation', `subject=CN=example.org\n${chainPem}`, 'text outside of its PEM blocks'],
    ['an explanation behind', `${chainPem}that was it`, 'text outside of its PEM blocks'],
    ['a byte order mark', `\uFEFF${chainPem}`, 'text outside of its PEM blocks'],
    ['an odd END', `${leafPem}-----END CERTIFICATE-----\n`, 'text outside of its PEM blocks'],
    ['a block that goes on', leafPem.slice(0, 40), 'it ends within a PEM block'],
    ['a block ended by another label', leafPem.replace('END C', 'END X'), 'it ends within a PEM block'],
    [
      'headers within a block',
      leafPem.replace('MAMC', 'Proc-Type: 4,ENCRYPTED\n\nMAMC'),
      'certificate 1 is not base64',
    ],
    ['a blank line within a block', leafPem.replace('MAMC', '\nMAMC'), 'certificate 1 is not base64'],
    ['blanks within a block', leafPem.replace('MAMC', 'MA MC'), 'certificate 1 is not base64'],
    ['padding within a block', issuerPem.replace('\n-----END', '\nAA==\n-----END'), 'certificate 1 is not base64'],
    ['bits left over', chainPem.replace('AQE=', 'AQF='), 'certificate 1 is not base64'],
    [
      'an empty block',
      `${leafPem}-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n`,
      'certificate 2 is not base64',
    ],
    ['nothing', '', 'it is empty'],
    ['nothing but blanks', ' \r\n\n', 'it is empty'],
  ])('refuses %s (RFC 8555 §11.4)', (_, text, fault) => {
    const body = utf8(text);
    const error = protocolErrorOf(() => parsePemChain(text, body, { url: 'https://ca.example/cert/1' }));
    expect(error.message).toBe(`certificate chain: ${fault}`);
    expect(error.body).toBe(body);
    expect(error.url).toBe('https://ca.example/cert/1');
  });

  it('reads back all chains', () => {
    fc.assert(
      fc.property(fc.array(someDer, { minLength: 1, maxLength: 5 }), (chain) => {
        expect(parsePemChain(chain.map((der) => encodePem('CERTIFICATE', der)).join(''))).toEqual(chain);
      }),
    );
  });

  it('takes of a changed chain only what says the same, character for character', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom('', '\n', '-', '-----BEGIN PRIVATE KEY-----\n', keyPem, leafPem),
    );
    fc.assert(
      fc.property(fc.nat(chainPem.length), fc.nat(3), piece, (at, removed, inserted) => {
        const text = chainPem.slice(0, at) + inserted + chainPem.slice(at + removed);
        const chain = unlessThrown(AcmeProtocolError, () => parsePemChain(text));
        if (chain === undefined) return;
        const written = chain.map((der) => encodePem('CERTIFICATE', der)).join('');
        expect(text.replace(/\s/g, '')).toBe(written.replace(/\s/g, ''));
        expect(text).not.toContain('PRIVATE');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('decodePem', () => {
  const labels = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];
  const request = encodePem('CERTIFICATE REQUEST', leaf);

  it.each([
    ['the block', request],
    ['the other label', encodePem('NEW CERTIFICATE REQUEST', leaf)],
    ['CRLF', request.replaceAll('\n', '\r\n')],
    ['indented lines', request.replaceAll('\n', '\n    ')],
    ['blank lines', request.replaceAll('\n', '\n\n')],
    ['text around it (RFC 7468 §5.2)', `Certificate Request:\n    Data:\n${request}-- \nbye`],
  ])('reads %s', (_, text) => {
    expect(decodePem(text, labels)).toEqual(leaf);
  });

  const expected = 'expected one PEM block of type CERTIFICATE REQUEST or NEW CERTIFICATE REQUEST, found';

  it.each([
    ['nothing', '', 'none'],
    ['DER taken for text', 'MAMCAQE=', 'none'],
    ['another type', keyPem, 'PRIVATE KEY'],
    ['two blocks', request + keyPem, '2: CERTIFICATE REQUEST, PRIVATE KEY'],
    ['two blocks of the right type', request + request, '2: CERTIFICATE REQUEST, CERTIFICATE REQUEST'],
    ['an odd label', encodePem('s3cret', leaf), 'an odd label'],
    ['a block that goes on', request.slice(0, 45), 'one without its END line'],
    ['a block within a block', request.replace('MAMC', `${keyPem}MAMC`), '2: CERTIFICATE REQUEST, PRIVATE KEY'],
    [
      'headers',
      request.replace('MAMC', 'Proc-Type: 4,ENCRYPTED\n\nMAMC'),
      'one that is not base64 throughout (is it encrypted?)',
    ],
    ['an empty block', request.replace('MAMCAQE=\n', ''), 'one that is not base64 throughout (is it encrypted?)'],
  ])('says what it found: %s', (_, text, found) => {
    const error = thrownBy(() => decodePem(text, labels));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toBe(`${expected} ${found}`);
  });

  it('reads back all blocks, and throws nothing but TypeError on what is left of one', () => {
    fc.assert(
      fc.property(someDer, fc.nat(), (der, cut) => {
        const pem = encodePem('CERTIFICATE REQUEST', der);
        expect(decodePem(pem, labels)).toEqual(der);
        const rest = pem.slice(0, cut % (pem.length - 2));
        expect(thrownBy(() => decodePem(rest, labels))).toBeInstanceOf(TypeError);
      }),
    );
  });
});
