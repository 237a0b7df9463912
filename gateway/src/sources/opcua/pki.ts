import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Slug } from '@benchline/model';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';

/** The gateway's identity towards OPC UA servers. */
export interface Identity {
  manager: OPCUACertificateManager;
  certificateFile: string;
  applicationName: string;
  applicationUri: string;
}

/**
 * Opens the certificate store in a folder: `own/`, `trusted/certs/`, `rejected/`. A server whose certificate is not
 * in `trusted/certs/` is refused and its certificate put into `rejected/`; trusting it means moving the file. A
 * client disposes of its manager when it disconnects, so each connection opens the store anew, which also makes it
 * see files that were moved meanwhile.
 */
export async function openIdentity(folder: string, gateway: Slug): Promise<Identity> {
  letTrustedWin(folder);
  const manager = new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  await manager.initialize();
  const identity = {
    manager,
    certificateFile: join(folder, 'own', 'certs', 'benchline-gateway.pem'),
    applicationName: `Benchline gateway ${gateway}`,
    applicationUri: `urn:benchline:gateway:${gateway}`,
  };
  if (!existsSync(identity.certificateFile))
    await manager.createSelfSignedCertificate({
      applicationUri: identity.applicationUri,
      dns: [hostname()],
      outputFile: identity.certificateFile,
      subject: `/CN=Benchline gateway ${gateway}/O=Benchline`,
      startDate: new Date(),
      validity: 3650,
    });
  return identity;
}

/**
 * A certificate in both folders counts as rejected. That happens when a person copies the file, or moves it while
 * an attempt is under way that then lays it aside once more: what a person trusted stays trusted.
 */
function letTrustedWin(folder: string): void {
  const trusted = new Set(certificatesIn(join(folder, 'trusted', 'certs')).values());
  for (const [file, fingerprint] of certificatesIn(join(folder, 'rejected')))
    if (trusted.has(fingerprint)) rmSync(file);
}

/** Fingerprints (SHA-256) of the certificates in a folder, PEM or DER, by file. */
function certificatesIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(folder)) return found;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    try {
      found.set(file, new X509Certificate(readFileSync(file)).fingerprint256);
    } catch {
      // Not a certificate: none of ours.
    }
  }
  return found;
}
