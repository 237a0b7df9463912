/**
 * Who may do what. Every HTTP route names an action and a scope and passes `authorize`. Without configured
 * credentials there is one principal, the person at this computer: the service then listens on loopback only and
 * accepts only requests addressed to loopback.
 */
export const actions = ['read', 'enter', 'speak_for', 'publish'] as const;
export type Action = (typeof actions)[number];

export interface Principal {
  name: string;
  /** Scope paths (`enterprise/site/…`, '' for everything) by the action allowed below them. */
  grants: readonly { action: Action; scope: string }[];
}

export const localPrincipal: Principal = {
  name: 'local',
  grants: actions.map((action) => ({ action, scope: '' })),
};

/** Deny by default: true only when a grant names this action for this scope or one above it. */
export function authorize(principal: Principal | undefined, action: Action, scope: string): boolean {
  return (
    principal?.grants.some(
      (grant) =>
        grant.action === action &&
        (grant.scope === '' || grant.scope === scope || scope.startsWith(`${grant.scope}/`)),
    ) ?? false
  );
}
