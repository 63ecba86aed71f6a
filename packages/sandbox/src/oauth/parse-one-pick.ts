import { OAuthError } from "./oauth-error.ts";
import { driveFileScope } from "./scopes.ts";

/** What a person is to pick while signing in. */
export interface OnePick {
  readonly allowsSeveral: boolean;
  readonly allowsFolders: boolean;
  /** Only files of these types; empty for all. */
  readonly mimeTypes: readonly string[];
  /** Only these files; empty for all. */
  readonly fileIds: readonly string[];
}

/**
 * Reads the parameters that make picking a part of signing in ("Desktop and mobile picker" of the Picker guides): the
 * scope must be drive.file and nothing else, and consent must be asked for.
 *
 * @returns null when nothing is to be picked
 * @throws OAuthError invalid_request (400) for a combination that Google does not take
 */
export function parseOnePick(
  params: URLSearchParams,
  {
    scopes,
    prompts,
    includeGrantedScopes,
  }: {
    scopes: ReadonlySet<string>;
    prompts: ReadonlySet<string>;
    includeGrantedScopes: boolean;
  },
): OnePick | null {
  if (!flag(params, "trigger_onepick")) return null;
  if (scopes.size !== 1 || !scopes.has(driveFileScope) || includeGrantedScopes) {
    throw invalidRequest("trigger_onepick needs the scope drive.file, and no other.");
  }
  if (!prompts.has("consent")) throw invalidRequest("trigger_onepick needs prompt=consent.");
  return {
    allowsSeveral: flag(params, "allow_multiple"),
    allowsFolders: flag(params, "allow_folder_selection"),
    mimeTypes: listOf(params, "mimetypes"),
    fileIds: listOf(params, "file_ids"),
  };
}

function flag(params: URLSearchParams, name: string): boolean {
  const value = params.get(name) ?? "false";
  if (value !== "true" && value !== "false") {
    throw invalidRequest(`Invalid parameter value for ${name}: '${value}' is not one of true, false`);
  }
  return value === "true";
}

function listOf(params: URLSearchParams, name: string): string[] {
  return (params.get(name) ?? "").split(",").filter((item) => item !== "");
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_request", description });
}
