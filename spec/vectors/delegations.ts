/** RFC 9115 §2.3.1.2, figure 5, with the names of the other examples. */
export const delegationExample = {
  'csr-template': {
    keyTypes: [
      { PublicKeyType: 'rsaEncryption', PublicKeyLength: 2048, SignatureType: 'sha256WithRSAEncryption' },
      { PublicKeyType: 'id-ecPublicKey', namedCurve: 'secp256r1', SignatureType: 'ecdsa-with-SHA256' },
    ],
    subject: { country: 'CA', stateOrProvince: '**', locality: '**' },
    extensions: {
      subjectAltName: { DNS: ['abc.ido.example'] },
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: ['serverAuth', 'clientAuth'],
    },
  },
  'cname-map': { 'abc.ido.example.': 'abc.ndc.example.' },
};
