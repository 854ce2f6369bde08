/** The numbers of the record types that are used here. RFC 1035 §3.2.2, RFC 3596, RFC 8945. */
export const recordType = { A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, TSIG: 250 } as const;

/** The numbers of the classes that are used here. RFC 1035 §3.2.4, RFC 2136 §2.4. */
export const recordClass = { IN: 1, NONE: 254, ANY: 255 } as const;

/** What can be asked for. */
export type QuestionType = Exclude<keyof typeof recordType, 'TSIG'>;
