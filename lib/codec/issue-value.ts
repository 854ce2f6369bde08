import { toHostName } from './host-name.js';

/** A parameter of an issue value. */
export interface IssueParameter {
  /** Letters, digits and hyphens, as it is written; its case means nothing. */
  readonly tag: string;
  /** As it is written: ASCII without blanks and semicolons. */
  readonly value: string;
}

/** What stands in CAA's `issue` and in records that have its form: an issuer, and parameters for it. */
export interface IssueValue {
  /** A domain; empty where nobody is named. */
  readonly issuer: string;
  /** In the order in which they stand. */
  readonly parameters: readonly IssueParameter[];
}

const label = /^[\dA-Za-z](?:[\dA-Za-z-]*[\dA-Za-z])?$/;

/** Whether it is letters and digits, with hyphens between them: what tags and the labels of methods are. */
export const isIssueLabel = (text: string): boolean => label.test(text);

/** Whether a domain is in the one form that issuers are compared in: A-labels, lower case, no dot at the end. */
export function isIssuerDomainName(text: string): boolean {
  try {
    return toHostName(text) === text;
  } catch {
    return false;
  }
}

/**
 * The text of an issue value. Throws `TypeError` on a value that cannot stand in it: one with a blank, a semicolon or
 * anything that is not ASCII.
 *
 * @see RFC 8659 §4.2
 */
export function formatIssueValue({ issuer, parameters }: IssueValue): string {
  const texts = parameters.map(({ tag, value }) => {
    if (isParameterText(value)) return `${tag}=${value}`;
    throw new TypeError(
      `the value of "${tag}" has a character that cannot stand there: a blank, ";", or one beyond ASCII`,
    );
  });
  return issuer === '' && texts.length === 0 ? ';' : [issuer, ...texts].join('; ');
}

/**
 * Reads an issue value. Throws `TypeError` that says what is wrong.
 *
 * @see RFC 8659 §4.2
 */
export function parseIssueValue(text: string): IssueValue {
  const [first = '', ...others] = text.split(';').map(trimmed);
  if (first !== '' && !first.split('.').every(isIssueLabel)) throw new TypeError('the issuer is no domain name');
  const isEmpty = others.length === 1 && others[0] === '';
  return { issuer: first, parameters: isEmpty ? [] : others.map(parameter) };
}

function parameter(text: string): IssueParameter {
  const equals = text.indexOf('=');
  if (equals === -1) throw new TypeError('a parameter is not of the form tag=value, or there is a ";" too many');
  const tag = trimmed(text.slice(0, equals));
  const value = trimmed(text.slice(equals + 1));
  if (!isIssueLabel(tag)) throw new TypeError('the tag of a parameter is made of letters, digits and hyphens');
  if (!isParameterText(value)) throw new TypeError(`the value of "${tag}" has a character that cannot stand there`);
  return { tag, value };
}

/**
 * The value of a parameter, in whatever case its tag is. Throws `TypeError` where it is there twice.
 */
export function issueParameter({ parameters }: IssueValue, tag: string): string | undefined {
  const found = parameters.filter((each) => each.tag.toLowerCase() === tag.toLowerCase());
  if (found.length > 1) throw new TypeError(`the parameter "${tag}" is there more than once`);
  return found[0]?.value;
}

const isParameterText = (text: string): boolean => /^[\x21-\x3a\x3c-\x7e]*$/.test(text);

/** Blanks and tabs, and no other white space. */
const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');
