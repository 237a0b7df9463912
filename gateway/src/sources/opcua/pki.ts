import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Slug } from '@benchline/model';
import { OPCUACertificateManager } from 'node-opcua';

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
