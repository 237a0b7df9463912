import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua';

export const applicationUri = 'urn:benchline:simulator:server';
const validityDays = 3650;

/** A server's certificate and key. */
export interface Identity {
  manager: OPCUACertificateManager;
  certificateFile: string;
  /** Deletes the folder if nobody asked to keep it. */
  release(): void;
}

/**
 * Opens the identity in a folder, made when there is none; without a folder it lasts as long as the process. Any
 * client is let in: there is nothing to write, and what is to be read is public.
 */
export async function openIdentity(folder: string | undefined): Promise<Identity> {
  const root = folder ?? mkdtempSync(join(tmpdir(), 'benchline-simulator-pki-'));
  const manager = new OPCUACertificateManager({
    rootFolder: root,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await manager.initialize();
  const certificateFile = join(root, 'own', 'certs', 'simulator.pem');
  if (!existsSync(certificateFile))
    await manager.createSelfSignedCertificate({
      applicationUri,
      dns: [hostname(), 'localhost'],
      ip: ['127.0.0.1'],
      outputFile: certificateFile,
      subject: '/CN=Benchline simulator/O=Benchline',
      startDate: new Date(),
      validity: validityDays,
    });
  const release = () => {
    if (folder === undefined) rmSync(root, { recursive: true, force: true });
  };
  return { manager, certificateFile, release };
}
