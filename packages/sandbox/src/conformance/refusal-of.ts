/** What Drive said when it refused a call. */
export interface Refusal {
  readonly status: number;
  readonly reason: string | undefined;
  readonly location: string | undefined;
  readonly message: string | undefined;
}

interface ErrorBody {
  readonly error?: {
    readonly message?: string;
    readonly errors?: readonly { readonly reason?: string; readonly location?: string }[];
  };
}

/** The refusal in a plain response. */
export async function refusalIn(response: Response): Promise<Refusal> {
  return refusal(response.status, (await response.json()) as ErrorBody);
}

/** The refusal that a call of Google's client ended with. Throws when the call succeeded. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => new Error("The call was not refused"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error) || !("response" in error)) throw error;
  const { status, data } = error.response as { status: number; data: ErrorBody };
  return refusal(status, data);
}

function refusal(status: number, { error }: ErrorBody): Refusal {
  const first = error?.errors?.[0];
  return { status, reason: first?.reason, location: first?.location, message: error?.message };
}
