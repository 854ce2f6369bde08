import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CertificateKeyType, certificateKeyTypes, type Identifier, toIdentifier } from 'rxacme';

/** What the command line asks for. */
export interface Options {
  readonly directory: string | undefined;
  readonly domains: readonly Identifier[];
  readonly email: string | undefined;
  readonly out: string;
  readonly accountKey: string | undefined;
  readonly keyType: CertificateKeyType;
  readonly agreeToTerms: boolean;
  readonly ca: string | undefined;
  readonly httpPort: number;
  readonly resume: string | undefined;
}

export const usage = `Obtains a certificate and writes fullchain.pem and privkey.pem.

  npm start                                         from a development CA that is started for it
  npm start -- --directory URL --domain NAME ...    from any CA

  --directory URL     the CA's directory; https://acme-staging-v02.api.letsencrypt.org/directory, say
  --domain NAME       a host name or an IP address; may be repeated
  --email ADDRESS     a contact for the account
  --agree-tos         agree to the CA's terms of service
  --out FOLDER        where the files go (default: out)
  --account-key FILE  the account's key, PKCS#8 PEM; made if it is not there (default: FOLDER/account.pem)
  --key-type TYPE     P-256 (default), P-384, RSA-2048, RSA-3072 or RSA-4096
  --http-port PORT    where to answer the CA's http-01 question (default: 80)
  --ca-file FILE      roots to trust for the CA's own HTTPS, PEM
  --resume URL        go on with an order that was interrupted
  --help              this text`;

/** Reads the command line; `undefined` asks for help. Throws an error whose message is for the user. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      directory: { type: 'string' },
      domain: { type: 'string', multiple: true, default: [] },
      email: { type: 'string' },
      out: { type: 'string', default: 'out' },
      'account-key': { type: 'string' },
      'key-type': { type: 'string', default: 'P-256' },
      'agree-tos': { type: 'boolean', default: false },
      'ca-file': { type: 'string' },
      'http-port': { type: 'string', default: '80' },
      resume: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.resume !== undefined && values.directory === undefined) {
    throw new Error('--resume needs --directory: an order belongs to the CA where it was made');
  }
  if (values.directory !== undefined && values.domain.length === 0 && values.resume === undefined) {
    throw new Error('--domain is missing: name at least one host name or IP address');
  }
  if (values.directory !== undefined && !values.directory.startsWith('https://')) {
    throw new Error(`--directory must be an https: URL, not ${values.directory}`);
  }
  if (values.email !== undefined && !/^[^\s@,]+@[^\s@,]+$/.test(values.email)) {
    throw new Error(`--email must be one plain address, not ${values.email}`);
  }
  const keyType = certificateKeyTypes.find((each) => each === values['key-type']);
  if (keyType === undefined)
    throw new Error(`--key-type must be one of ${certificateKeyTypes.join(', ')}, not ${values['key-type']}`);
  const httpPort = Number(values['http-port']);
  if (!Number.isInteger(httpPort) || httpPort < 1 || httpPort > 65_535) {
    throw new Error(`--http-port must be a port from 1 to 65535, not ${values['http-port']}`);
  }
  return {
    directory: values.directory,
    domains: values.domain.map(readDomain),
    email: values.email,
    out: values.out,
    accountKey: values['account-key'],
    keyType,
    agreeToTerms: values['agree-tos'],
    ca: values['ca-file'] === undefined ? undefined : readCa(values['ca-file']),
    httpPort,
    resume: values.resume,
  };
}

function readDomain(name: string): Identifier {
  if (name.startsWith('*.')) {
    throw new Error(`${name}: this sample proves names by http-01, which no CA takes for wildcards`);
  }
  return toIdentifier(name);
}

function readCa(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new Error(`--ca-file holds no PEM certificate that can be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
