/** Identifiers as applications write them, and as they go to servers. */

/** RFC 5890 §2.3.2.1, by Node's `domainToASCII`: U-labels and the A-labels that they are. */
export const internationalNames = [
  ['bücher.example', 'xn--bcher-kva.example'],
  ['BÜCHER.example', 'xn--bcher-kva.example'],
  ['faß.de', 'xn--fa-hia.de'],
  ['ไทย.example', 'xn--o3cw4h.example'],
  ['EXAMPLE.com', 'example.com'],
  ['example.com.', 'example.com'],
] as const;

/** RFC 8555 §7.1.3: `*.` once, in front of everything. */
export const wildcardNames = {
  taken: ['*.example.com'],
  refused: ['*.*.example.com', 'a.*.example.com', '*example.com', '*'],
};

/** RFC 8738 §6, the names that `tls-alpn-01` asks for. */
export const reverseNames = [
  ['127.0.0.1', '1.0.0.127.in-addr.arpa'],
  ['2001:db8::1', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
] as const;

/** What Pebble made of an order: as sent, and each of the identifiers that it echoed, which come in any order. */
export const echoedOrder = {
  sent: ['*.example.com', 'Example.com', '127.0.0.1', 'example.com'],
  echoed: [
    { type: 'dns', value: 'example.com' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'dns', value: '*.example.com' },
  ],
} as const;
