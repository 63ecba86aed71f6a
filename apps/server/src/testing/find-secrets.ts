/** Something that must rest nowhere, with what it is. */
export interface Secret {
  readonly kind: string;
  readonly value: string | Buffer;
}

/** A secret that was found, and in which form. Never the secret itself, so that a failing test does not spread it. */
export interface FoundSecret {
  readonly kind: string;
  readonly form: string;
  readonly where: string;
}

/** Searches texts for secrets in every form that they might have slipped into them by. */
export function findSecrets(
  texts: Readonly<Record<string, string>>,
  secrets: readonly Secret[],
): FoundSecret[] {
  const wanted = secrets.flatMap(({ kind, value }) =>
    formsOf(value).map(([form, text]) => ({ kind, form, text })),
  );
  return Object.entries(texts).flatMap(([where, text]) =>
    wanted.filter((entry) => text.includes(entry.text)).map(({ kind, form }) => ({ kind, form, where })),
  );
}

function formsOf(value: string | Buffer): [form: string, text: string][] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const forms: [string, string][] = [
    ["hex", hex],
    ["HEX", hex.toUpperCase()],
    ...[0, 1, 2].flatMap((offset) => base64Forms(bytes, offset)),
  ];
  if (typeof value !== "string") return forms;
  return [
    ["plain", value],
    ["URL-encoded", encodeURIComponent(value)],
    ["form-encoded", new URLSearchParams({ x: value }).toString().slice(2)],
    ["JSON", JSON.stringify(value).slice(1, -1)],
    ...forms,
  ];
}

/** Base64 of the bytes behind others, without the characters at the ends that the neighbours share. */
function base64Forms(bytes: Buffer, offset: number): [string, string][] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const start = offset === 0 ? 0 : offset + 1;
  const end = (bytes.length + offset) % 3 === 0 ? whole.length : whole.length - 1;
  const base64 = whole.slice(start, end);
  const base64url = base64.replaceAll("+", "-").replaceAll("/", "_");
  return [
    ["base64", base64],
    ["base64url", base64url],
  ];
}
