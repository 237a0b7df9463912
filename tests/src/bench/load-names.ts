/** Names that the load's servers, the plant file and the gateway's configuration agree upon. */
export const loadNamespace = 'urn:benchline:load';

export function loadMachine(index: number): string {
  return `machine-${index}`;
}

export function loadSignal(index: number): string {
  return `tag-${index}`;
}
