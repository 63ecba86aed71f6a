/** A person with an account at the sandbox: the owner of one Drive. */
export interface Account {
  /** The stable subject identifier: decimal digits, as Google issues them. */
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  readonly givenName: string;
  readonly familyName: string;
  /** The identifier Drive uses for this person in permissions and owners. */
  readonly permissionId: string;
  /** The hosted (Workspace) domain; absent for consumer accounts. */
  readonly hd?: string;
}
