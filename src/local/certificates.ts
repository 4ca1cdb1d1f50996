/** A certificate authority of our own: server certificates and one client certificate a user. */
import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { bitString, der, integer, octetString, oid, sequence, setOf, time, utf8 } from "./der";

export interface Pair {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Authority {
  /** PEM of the CA's certificate. */
  readonly cert: string;
  /** PEM of the CA's key: with both, another process can go on issuing. */
  readonly key: string;
  /** A server certificate for these DNS names and IPv4 addresses. */
  server(names: readonly string[], addresses: readonly string[]): Pair;
  /** A client certificate: user (CN) and groups (O) as Kubernetes reads them. */
  client(user: string, groups: readonly string[]): Pair;
}

interface Subject {
  readonly name: Buffer;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

const day = 86_400_000;
const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
const serverAuth = oid("1.3.6.1.5.5.7.3.1");
const clientAuth = oid("1.3.6.1.5.5.7.3.2");
const authorityName = distinguishedName("nopea-local-ca", []);

/** Makes a CA that lives for a year. */
export function createAuthority(): Authority {
  const { publicKey, privateKey } = keyPair();
  const isCa = extension("2.5.29.19", sequence(der(0x01, Buffer.from([0xff]))), true);
  const extensions = [isCa, keyUsage(Buffer.from([0x06]), 1)];
  const cert = certificate(privateKey, { name: authorityName, publicKey, extensions });
  return loadAuthority({ cert, key: pkcs8(privateKey) });
}

/** A CA that createAuthority made, from its two PEM texts. */
export function loadAuthority(pair: Pair): Authority {
  const key = createPrivateKey(pair.key);
  const leaf = (name: Buffer, extensions: readonly Buffer[]): Pair => {
    const { publicKey, privateKey } = keyPair();
    const all = [keyUsage(Buffer.from([0x80]), 7), ...extensions];
    return {
      cert: certificate(key, { name, publicKey, extensions: all }),
      key: pkcs8(privateKey),
    };
  };
  return {
    ...pair,
    server: (names, addresses) => {
      const name = distinguishedName(names[0] ?? "server", []);
      return leaf(name, [extendedUsage(serverAuth), alternativeNames(names, addresses)]);
    },
    client: (user, groups) => leaf(distinguishedName(user, groups), [extendedUsage(clientAuth)]),
  };
}

/** A key pair as PEM, for signing service account tokens. */
export function createSigningKeys(): { readonly publicKey: string; readonly privateKey: string } {
  const keys = keyPair();
  return {
    publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: pkcs8(keys.privateKey),
  };
}

function certificate(key: KeyObject, subject: Subject): string {
  const now = Date.now();
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(12)])),
    ecdsaWithSha256,
    authorityName,
    sequence(time(new Date(now - day)), time(new Date(now + 365 * day))),
    subject.name,
    subject.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...subject.extensions)),
  );
  const signed = sequence(body, ecdsaWithSha256, bitString(sign("sha256", body, key)));
  const lines = signed.toString("base64").replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

function keyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function distinguishedName(cn: string, organizations: readonly string[]): Buffer {
  const attribute = (type: string, value: string) => setOf(sequence(oid(type), utf8(value)));
  return sequence(
    ...organizations.map(organization => attribute("2.5.4.10", organization)),
    attribute("2.5.4.3", cn),
  );
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  const flag = critical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...flag, octetString(value));
}

function keyUsage(bits: Buffer, unused: number): Buffer {
  return extension("2.5.29.15", bitString(bits, unused), true);
}

function extendedUsage(purpose: Buffer): Buffer {
  return extension("2.5.29.37", sequence(purpose), false);
}

function alternativeNames(names: readonly string[], addresses: readonly string[]): Buffer {
  const dns = names.map(name => der(0x82, Buffer.from(name)));
  const ips = addresses.map(address => der(0x87, Buffer.from(address.split(".").map(Number))));
  return extension("2.5.29.17", sequence(...dns, ...ips), false);
}
