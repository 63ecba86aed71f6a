interface ControlErrorParts {
  readonly status: number;
  /** Stable: tests of others may compare it. */
  readonly code: string;
  readonly message: string;
  /** The member of the body or the query that is at fault, with dots where it lies deeper. */
  readonly field?: string;
}

/** A refusal of the control API: HTTP status, a stable code, a sentence and, where there is one, the field at fault. */
export class ControlError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;

  constructor({ status, code, message, field }: ControlErrorParts) {
    super(message);
    this.name = "ControlError";
    this.status = status;
    this.code = code;
    this.field = field ?? null;
  }

  /** The body of the answer. */
  toBody(): ControlErrorBody {
    const { code, message, field } = this;
    return { error: { code, message, ...(field !== null && { field }) } };
  }
}

/** What every refusal of the control API has as its body. */
interface ControlErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
}

/** 400: the value of a field is none. */
export function invalidValue(field: string, message: string): ControlError {
  return new ControlError({ status: 400, code: "invalid_value", message: `${field}: ${message}`, field });
}

/** 503: the sandbox closes, and what was waited for does not come any more. */
export function closed(message: string): ControlError {
  return new ControlError({ status: 503, code: "sandbox_closed", message });
}

/** 409: what is asked for does not go with what is there. */
export function conflict(code: string, message: string, field?: string): ControlError {
  return new ControlError({ status: 409, code, message, ...(field !== undefined && { field }) });
}

/** For whoever looks at errors on their way out; nobody is there any more to get it. */
export function clientGone(): ControlError {
  return new ControlError({ status: 499, code: "client_gone", message: "The client has gone." });
}
