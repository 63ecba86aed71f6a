/** One entry of `error.errors`, in Google's words. */
interface ErrorItem {
  readonly message: string;
  readonly domain: "global" | "usageLimits";
  readonly reason: string;
  readonly locationType?: "parameter" | "header";
  readonly location?: string;
  readonly extendedHelp?: string;
}

/** An entry of `error.details`, sent by the newer front ends. */
interface ErrorInfo {
  readonly "@type": "type.googleapis.com/google.rpc.ErrorInfo";
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface DriveErrorParts {
  readonly code: number;
  readonly message: string;
  readonly item: ErrorItem;
  /** Sent on authentication failures alone. */
  readonly status?: "UNAUTHENTICATED" | "PERMISSION_DENIED" | "UNKNOWN";
  readonly details?: readonly ErrorInfo[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer of Drive that is not a success: HTTP status, envelope, and headers beyond the usual ones. */
export class DriveError extends Error {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #parts: DriveErrorParts;

  constructor(parts: DriveErrorParts) {
    super(parts.message);
    this.code = parts.code;
    this.headers = parts.headers ?? {};
    this.#parts = parts;
  }

  /** The same refusal with another status, in other words, or both. */
  as({
    code,
    message,
  }: {
    readonly code?: number | undefined;
    readonly message?: string | undefined;
  }): DriveError {
    const { item, ...rest } = this.#parts;
    const words = message === undefined ? {} : { message };
    return new DriveError({
      ...rest,
      ...(code !== undefined && { code }),
      ...words,
      item: { ...item, ...words },
    });
  }

  /** The body as Drive words it: `errors[]` always, `status` and `details` only on some failures. */
  toEnvelope(): object {
    const { code, message, item, status, details } = this.#parts;
    return {
      error: { code, message, errors: [item], ...(status && { status }), ...(details && { details }) },
    };
  }
}

function refusal(code: number, reason: string, message: string, location?: string): DriveError {
  const place = location === undefined ? {} : { location, locationType: "parameter" as const };
  return new DriveError({ code, message, item: { message, domain: "global", reason, ...place } });
}

/** 401 `authError`: the credential is unknown, expired or revoked. */
export function invalidCredentials(): DriveError {
  return new DriveError({
    code: 401,
    message:
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    item: {
      message: "Invalid Credentials",
      domain: "global",
      reason: "authError",
      location: "Authorization",
      locationType: "header",
    },
    status: "UNAUTHENTICATED",
  });
}

/** 403 `forbidden`: no Authorization header at all, which Google does not answer with 401. */
export function unregisteredCaller(): DriveError {
  const message =
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.";
  return new DriveError({
    code: 403,
    message,
    item: { message, domain: "global", reason: "forbidden" },
    status: "PERMISSION_DENIED",
  });
}

/** 403 `insufficientPermissions`: the token lacks every scope that would do. */
export function insufficientScopes(method: string): DriveError {
  return new DriveError({
    code: 403,
    message: "Request had insufficient authentication scopes.",
    item: { message: "Insufficient Permission", domain: "global", reason: "insufficientPermissions" },
    status: "PERMISSION_DENIED",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        domain: "googleapis.com",
        metadata: { service: "drive.googleapis.com", method },
      },
    ],
  });
}

/** 403 `appNotAuthorizedToFile`: the application sees the file but was not given it for writing, or its bytes for reading. */
export function appNotAuthorizedToFile(
  clientId: string,
  fileId: string,
  access: "read" | "write" = "write",
): DriveError {
  const message = `The user has not granted the app ${clientId} ${access} access to the file ${fileId}.`;
  return new DriveError({
    code: 403,
    message,
    item: {
      message,
      domain: "global",
      reason: "appNotAuthorizedToFile",
      location: "Authorization",
      locationType: "header",
    },
  });
}

/** 403 `appNotAuthorizedToChild`: a folder cannot be shared by an application that was not given all that is in it. */
export function appNotAuthorizedToChild(clientId: string, childId: string): DriveError {
  const message = `The user has not granted the app ${clientId} write access to the child file ${childId}, which would be affected by the operation on the parent.`;
  const place = { location: "Authorization", locationType: "header" } as const;
  return new DriveError({
    code: 403,
    message,
    item: { message, domain: "global", reason: "appNotAuthorizedToChild", ...place },
  });
}

/** 404 `notFound`: not there, somebody else's, or not granted to the application; nobody can tell which. */
export function fileNotFound(fileId: string): DriveError {
  return refusal(404, "notFound", `File not found: ${fileId}.`, "fileId");
}

/** 404 `notFound` for a shared drive that is not there or of which the user is no member. */
export function sharedDriveNotFound(driveId: string): DriveError {
  return refusal(404, "notFound", `Shared drive not found: ${driveId}`, "driveId");
}

/** 404 `notFound` for a permission that the item does not have. */
export function permissionNotFound(permissionId: string): DriveError {
  return refusal(404, "notFound", `Permission not found: ${permissionId}.`, "permissionId");
}

/** 409 `teamDriveAlreadyExists`: a shared drive was made by a request of this id before. */
export function sharedDriveExists(): DriveError {
  return refusal(
    409,
    "teamDriveAlreadyExists",
    "A shared drive with the specified request ID already exists.",
  );
}

/** 400 `invalid`: the value of the parameter named is not one. */
export function invalidValue(location: string): DriveError {
  return refusal(400, "invalid", "Invalid Value", location);
}

/** 403 `accessNotConfigured`: the project has not switched the Drive API on; some answers carry `SERVICE_DISABLED`. */
export function apiNotEnabled(): DriveError {
  const address = "https://console.developers.google.com/apis/api/drive.googleapis.com/overview?project=1";
  const message = `Google Drive API has not been used in project 1 before or it is disabled. Enable it by visiting ${address} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
  const metadata = { service: "drive.googleapis.com", consumer: "projects/1", activationUrl: address };
  return new DriveError({
    code: 403,
    message,
    item: {
      message,
      domain: "usageLimits",
      reason: "accessNotConfigured",
      extendedHelp: "https://console.developers.google.com",
    },
    status: "PERMISSION_DENIED",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SERVICE_DISABLED",
        domain: "googleapis.com",
        metadata,
      },
    ],
  });
}

/** 403 `forbidden` for a download without an Authorization header; unlike other refusals of its kind it has no `status`. */
export function downloadWithoutCredential(): DriveError {
  return refusal(403, "forbidden", "The request is missing a valid API key.");
}

/** 400 `invalidParameter`: a name in `fields` that the resource does not have. */
export function invalidFieldSelection(name: string): DriveError {
  return refusal(400, "invalidParameter", `Invalid field selection ${name}`, "fields");
}

/** 400 `required`: a parameter without which the method cannot be called. */
export function requiredParameter(message: string, location: string): DriveError {
  return refusal(400, "required", message, location);
}

/** 400 with a reason of its own, such as `badRequest`, `badContent` or `parseError`. */
export function badRequest(message: string, reason = "badRequest", location?: string): DriveError {
  return refusal(400, reason, message, location);
}

/** 400 for a change between a type of Google's own and any other, which Drive makes of office documents alone. */
export function conversionNotSupported(): DriveError {
  return badRequest("The requested conversion is not supported.", "badRequest", "convertTo");
}

/** 403 with a reason of its own: the file or the Drive forbids it, and repeating does not help. */
export function forbidden(reason: string, message: string, location?: string): DriveError {
  return refusal(403, reason, message, location);
}

/** 403 `insufficientFilePermissions`: the user may not do this to the file. */
export function insufficientFilePermissions(): DriveError {
  return forbidden(
    "insufficientFilePermissions",
    "The user does not have sufficient permissions for this file.",
  );
}

/** 409 `fileIdInUse`: a file with the id reserved beforehand exists already. */
export function fileIdInUse(): DriveError {
  return refusal(409, "fileIdInUse", "A file already exists with the provided ID.");
}

/** 416 `requestedRangeNotSatisfiable`: the range begins at or behind the end; always so for empty files. */
export function rangeNotSatisfiable(sizeBytes: number): DriveError {
  const message = "Request range not satisfiable";
  return new DriveError({
    code: 416,
    message,
    item: {
      message,
      domain: "global",
      reason: "requestedRangeNotSatisfiable",
      location: "Range",
      locationType: "header",
    },
    headers: { "content-range": `bytes */${sizeBytes}` },
  });
}

/** 404 `notFound`, or 410 `gone` where the settings say so, for an upload session that never was or has expired. */
export function uploadSessionNotFound(status: 404 | 410 = 404): DriveError {
  return refusal(status, status === 404 ? "notFound" : "gone", "Upload session not found.");
}

/** 503 `backendError` when a chunk begins behind the bytes held: the client has to ask where to go on. */
export function uploadGap(offset: number, heldBytes: number): DriveError {
  const message = `Invalid request. According to the Content-Range header, the upload offset is ${offset} byte(s), which exceeds already uploaded size of ${heldBytes} byte(s).`;
  return refusal(503, "backendError", message);
}

/** 499 `clientClosedRequest`: the answer to the cancellation of an upload and to whatever follows it. */
export function clientClosedRequest(): DriveError {
  return refusal(499, "clientClosedRequest", "clientClosedRequest");
}

/** 302 `backendError`: a download within a batch, to be fetched from elsewhere. */
export function downloadElsewhere(location: string): DriveError {
  const message = "Unknown Error.";
  return new DriveError({
    code: 302,
    message,
    item: { message, domain: "global", reason: "backendError" },
    status: "UNKNOWN",
    headers: { location },
  });
}

/** How a refused rate may be told: with a status, and with `Retry-After` in seconds unless that is null. */
interface RateForm {
  readonly retryAfterSeconds: number | null;
}

function overused(
  { code, reason, extendedHelp }: { code: 403 | 429; reason: string; extendedHelp?: string },
  message: string,
  retryAfterSeconds: number | null = null,
): DriveError {
  const item = { message, domain: "usageLimits" as const, reason, ...(extendedHelp && { extendedHelp }) };
  const headers = retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
  return new DriveError({ code, message, item, headers });
}

/** 403 `userRateLimitExceeded` in its long form, which names the page where a project's quotas are seen. */
export function userRateLimitExceeded(clientId: string, { retryAfterSeconds }: RateForm): DriveError {
  const project = /^\d+/.exec(clientId)?.[0] ?? "1";
  const extendedHelp = `https://console.developers.google.com/apis/api/drive.googleapis.com/quotas?project=${project}`;
  const message = `User Rate Limit Exceeded. Rate of requests for user exceed configured project quota. You may consider re-evaluating expected per-user traffic to the API and adjust project quota limits accordingly. You may monitor aggregate quota usage and adjust limits in the API Console: ${extendedHelp}`;
  const parts = { code: 403, reason: "userRateLimitExceeded", extendedHelp } as const;
  return overused(parts, message, retryAfterSeconds);
}

/** 403 `userRateLimitExceeded` in its short form, which is also all that is said of the cap on a day's uploads. */
export function userRateLimitExceededBriefly({ retryAfterSeconds }: RateForm): DriveError {
  const parts = { code: 403, reason: "userRateLimitExceeded" } as const;
  return overused(parts, "User rate limit exceeded.", retryAfterSeconds);
}

/** 403 or 429 `rateLimitExceeded`. */
export function rateLimitExceeded(code: 403 | 429, { retryAfterSeconds }: RateForm): DriveError {
  return overused({ code, reason: "rateLimitExceeded" }, "Rate Limit Exceeded", retryAfterSeconds);
}

/** 403 `dailyLimitExceeded`: the project has used up what it may use in a day. */
export function dailyLimitExceeded(): DriveError {
  return overused({ code: 403, reason: "dailyLimitExceeded" }, "Daily Limit Exceeded");
}

/** 403 `storageQuotaExceeded`: the account that the bytes would be counted for has no room for them. */
export function storageQuotaExceeded(): DriveError {
  return forbidden("storageQuotaExceeded", "The user's Drive storage quota has been exceeded.");
}

/** 500 `internalError`: what Drive says to a few questions that it should refuse with 400. */
export function internalError(): DriveError {
  return refusal(500, "internalError", "Internal Error");
}
