/** Bindings of external accounts. All keys here are published ones and protect nothing. */

/** The account key of RFC 7515 A.3 as a payload. */
const payload =
  'eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImY4M09KM0QyeEYxQmc4dnViOXRMZTFnSE16Vjc2ZThUdXM5dVBIdlJWRVUiLCJ5IjoieF9GRXpSdTltMzZITE5fdHVlNjU5TE5wWFc2cEN5U3Rpa1lqS0lXSTVhMCJ9';

/** With the MAC key of RFC 7515 A.1 and the account key of A.3, computed: algorithm, JWS. */
export const computedBindings = [
  [
    'HS256',
    {
      protected: 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9hY21lL25ldy1hY2NvdW50In0',
      payload,
      signature: 'QuZg1lKPrYwiYgptNJaaFxhg9jPemMxfmbk5B7ATSYE',
    },
  ],
  [
    'HS384',
    {
      protected: 'eyJhbGciOiJIUzM4NCIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9hY21lL25ldy1hY2NvdW50In0',
      payload,
      signature: 'x0CV_fwAR3Jhseh6qnmGPKtU1ZYlZWFDHxieKyVPyxiwNQ3VoYquQT0F-2xyOQAt',
    },
  ],
  [
    'HS512',
    {
      protected: 'eyJhbGciOiJIUzUxMiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9hY21lL25ldy1hY2NvdW50In0',
      payload,
      signature: 'dSg8ZuOH_S5uB2QIeHyGr4sQ9ngcF1nsiFQxExZQLnpOXK0gMtOJ0dw3ZYprDZezu0oz0gD-g4VhBAS_jYugjw',
    },
  ],
] as const;

/** A binding that Pebble took, with the MAC key of its sample configuration. */
export const pebbleBinding = {
  keyId: 'kid-1',
  macKey: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W',
  url: 'https://127.0.0.1:24110/sign-me-up',
  publicJwk: {
    kty: 'EC',
    crv: 'P-256',
    x: 'z8snKKk3CxS5v6xDW-7uJISyRO2eGE7OpoMVrMCjrEo',
    y: 'qDdNf7uu6CGTbU2jjiYgvt9QU29sYYYksjaTRTTqYZE',
  },
  jws: {
    protected: 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly8xMjcuMC4wLjE6MjQxMTAvc2lnbi1tZS11cCJ9',
    payload:
      'eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6Ino4c25LS2szQ3hTNXY2eERXLTd1SklTeVJPMmVHRTdPcG9NVnJNQ2pyRW8iLCJ5IjoicURkTmY3dXU2Q0dUYlUyamppWWd2dDlRVTI5c1lZWWtzamFUUlRUcVlaRSJ9',
    signature: 'CcUZWWtZ995x52x4H7nTBIfpZLE5J89hdYIcuuObthc',
  },
} as const;
