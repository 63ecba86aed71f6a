import type { Sandbox } from "@driveway/sandbox";

/**
 * Puts pictures into an account's drive. Returns the files of an import of them, which asks for names that are not
 * the drive's.
 */
export function addPictures(
  sandbox: Sandbox,
  params: { readonly email?: string; readonly pictures: readonly Buffer[] },
): { readonly id: string; readonly name: string }[] {
  const { email = "alice@example.com", pictures } = params;
  const account = sandbox.accounts.find((candidate) => candidate.email === email);
  if (account === undefined) throw new Error(`the sandbox has no account ${email}`);
  return pictures.map((content, index) => {
    const file = sandbox.drive.addFile(account.sub, { name: "source.jpg", mimeType: "image/jpeg", content });
    return { id: file.id, name: `image ${index}.jpg` };
  });
}
