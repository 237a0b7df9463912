import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, authorize, CredentialsFile, localPrincipal } from '../../src/door/index.ts';

const digest = 'a'.repeat(64);

describe('authorize', () => {
  const principal = { name: 'p', grants: [{ action: 'read', scope: 'demo/ningbo' }] } as const;

  it.each([
    ['demo/ningbo', true],
    ['demo/ningbo/machining', true],
    ['demo/ningbo/machining/cell/mill-1', true],
    ['demo', false],
    ['', false],
    ['demo/ningbo-2', false],
    ['other/demo/ningbo', false],
  ])('reading %j with a grant for demo/ningbo: %s', (scope, allowed) => {
    expect(authorize(principal, 'read', scope)).toBe(allowed);
  });

  it('takes no action for another', () => {
    expect(authorize(principal, 'enter', 'demo/ningbo')).toBe(false);
    expect(authorize(principal, 'publish', 'demo/ningbo')).toBe(false);
  });

  it('denies everything without a principal or a grant, and nothing to the local one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...actions), fc.string(), (action, scope) => {
        expect(authorize(undefined, action, scope)).toBe(false);
        expect(authorize({ name: 'p', grants: [] }, action, scope)).toBe(false);
        expect(authorize(localPrincipal, action, scope)).toBe(true);
      }),
    );
  });
});

describe('a credentials file', () => {
  const file = (change: object) => ({
    principals: [{ name: 'p', token_sha256: digest, grants: [{ action: 'read', scope: '' }], ...change }],
  });

  it('takes scopes of ids', () => {
    for (const scope of ['', 'demo', 'demo/ningbo/machining/cell/mill-1'])
      expect(CredentialsFile.safeParse(file({ grants: [{ action: 'read', scope }] })).success).toBe(true);
  });

  it.each([
    ['a scope that could never match', { grants: [{ action: 'read', scope: 'demo/' }] }],
    ['a pattern', { grants: [{ action: 'read', scope: 'demo/*' }] }],
    ['an action that there is not', { grants: [{ action: 'delete', scope: '' }] }],
    ['no grants', { grants: [] }],
    ['a token instead of its digest', { token_sha256: 'secret' }],
  ])('refuses %s', (_, change) => {
    expect(CredentialsFile.safeParse(file(change)).success).toBe(false);
  });
});
