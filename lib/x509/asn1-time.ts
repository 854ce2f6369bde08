import type { AsnType } from 'asn1js';
import { contentOf } from './asn1.js';

const utcTime = 23;
const generalizedTime = 24;

/**
 * Reads a point in time of a certificate. It reads the text itself: a `Date` made from the parts of a year below 100
 * would fall into the 20th century. Throws an `Error` on another form than those of RFC 5280.
 *
 * @see RFC 5280 §4.1.2.5
 */
export function asn1Time(value: AsnType): Date {
  const { tagClass, tagNumber } = value.idBlock;
  const text = tagClass === 1 ? String.fromCharCode(...contentOf(value).subarray(0, 20)) : '';
  const parts =
    tagNumber === generalizedTime
      ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : tagNumber === utcTime
        ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
        : null;
  const [, year = '', month, day, hours, minutes, seconds] = parts ?? [];
  const time = new Date(`${fourDigits(year)}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  if (Number.isNaN(time.getTime())) throw new Error('its validity is not in the form that RFC 5280 demands');
  return time;
}

const fourDigits = (year: string): string => (year.length === 4 ? year : `${year >= '50' ? '19' : '20'}${year}`);
