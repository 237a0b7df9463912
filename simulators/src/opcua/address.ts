/** Namespace of the nodes that a simulator adds. */
export const simulatorNamespace = 'urn:benchline:simulator';

/** Node that says up to which source time the values of all other nodes are complete. */
export const clockNodeName = 'Clock';

/** The node of a signal, as clients address it: `nsu=urn:benchline:simulator;s=<machine>.<signal>`. */
export function signalNodeName(machine: string, signal: string): string {
  return `${machine}.${signal}`;
}
