/**
 * The directories of public certification authorities, as of November 2026. What each asks for stands in
 * {@link publicAuthorities}.
 */
export const directories = {
  letsEncrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  letsEncryptStaging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
  google: 'https://dv.acme-v02.api.pki.goog/directory',
  googleStaging: 'https://dv.acme-v02.test-api.pki.goog/directory',
  zeroSsl: 'https://acme.zerossl.com/v2/DV90',
  sslComEcc: 'https://acme.ssl.com/sslcom-dv-ecc',
  sslComRsa: 'https://acme.ssl.com/sslcom-dv-rsa',
  sslComEccStaging: 'https://acme-try.ssl.com/sslcom-dv-ecc',
  sslComRsaStaging: 'https://acme-try.ssl.com/sslcom-dv-rsa',
  sectigoDv: 'https://acme.sectigo.com/v2/DV',
  sectigoOv: 'https://acme.sectigo.com/v2/OV',
  sectigoEv: 'https://acme.sectigo.com/v2/EV',
  actalis: 'https://acme-api.actalis.com/acme/directory',
  digiCert: 'https://one.digicert.com/mpki/api/v1/acme/v2/directory',
  globalSign: 'https://emea.acme.atlas.globalsign.com/directory',
} as const;

/** The names in {@link directories}. */
export type DirectoryName = keyof typeof directories;
