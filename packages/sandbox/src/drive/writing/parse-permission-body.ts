import { forbidden, invalidValue, requiredParameter } from "../errors.ts";
import { parseRole, type Role } from "../sharing/role.ts";
import type { Grantee } from "../sharing/sharing.ts";
import { parseObject, textIn } from "./json-object.ts";

/** What a request body says about a permission to be given. */
export interface PermissionBody {
  readonly role: Exclude<Role, "owner">;
  readonly to: Grantee;
}

/**
 * Reads JSON text as a permission to be given. Throws 400 `parseError` when it is no JSON object, 400 `required` or
 * `invalid` for a role, type, address or domain that is missing or none, and 403 `forbidden` for ownership, which
 * cannot be handed over here.
 */
export function parsePermissionBody(text: string): PermissionBody {
  const body = parseObject(text);
  return { role: roleIn(body), to: granteeIn(body) };
}

/** Reads the new role of a permission from JSON text; nothing else of one can be changed. Throws as parsePermissionBody. */
export function parseRoleBody(text: string): Exclude<Role, "owner"> {
  return roleIn(parseObject(text));
}

function roleIn(body: Record<string, unknown>): Exclude<Role, "owner"> {
  const text = requiredText(body, "role");
  const role = parseRole(text);
  if (role === null) throw invalidValue("permission.role");
  if (role === "owner") {
    const message = "The transferOwnership parameter must be enabled when the permission role is 'owner'.";
    throw forbidden("forbidden", message, "transferOwnership");
  }
  return role;
}

function granteeIn(body: Record<string, unknown>): Grantee {
  const type = requiredText(body, "type");
  const allowFileDiscovery = body.allowFileDiscovery === true;
  switch (type) {
    case "user":
    case "group":
      return { type, emailAddress: requiredText(body, "emailAddress").toLowerCase() };
    case "domain":
      return { type, domain: requiredText(body, "domain").toLowerCase(), allowFileDiscovery };
    case "anyone":
      return { type, allowFileDiscovery };
    default:
      throw invalidValue("permission.type");
  }
}

function requiredText(body: Record<string, unknown>, name: string): string {
  const location = `permission.${name}`;
  const text = textIn(body, name, location);
  if (!text) throw requiredParameter(`The permission ${name} field is required.`, location);
  return text;
}
