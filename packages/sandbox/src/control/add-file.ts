import type { z } from "zod";
import type { Account } from "../accounts/account.ts";
import { type DriveFile, type DriveStore, NATIVE_MIME_PREFIX, type NewFile } from "../drive/index.ts";
import { conflict } from "./control-error.ts";
import type { NewFileInput } from "./file-input.ts";
import { requireFolder } from "./require-file.ts";

/** Bytes as a Drive takes them. */
type Content = NonNullable<NewFile["content"]>;

/**
 * Puts a file into somebody's Drive, behind the back of every application.
 *
 * @param content undefined for a file without bytes of its own, or with none of them
 * @throws ControlError 409 `id_taken`, `not_a_folder`; NotThereError for an unknown folder
 */
export function addFile(
  drive: DriveStore,
  account: Account,
  { input, content }: { input: z.output<typeof NewFileInput>; content: Content | undefined },
): DriveFile {
  const { email: _email, contentBase64: _bytes, sizeBytes: _size, exportsBase64 = {}, ...described } = input;
  if (input.id !== undefined && drive.get(input.id) !== undefined) {
    throw conflict("id_taken", `id: there is a file ${input.id}`, "id");
  }
  if (input.parentId !== undefined) requireFolder(drive, account, input.parentId);
  const exports = Object.entries(exportsBase64).map(
    ([type, text]) => [type, Buffer.from(text, "base64")] as const,
  );
  const none = input.mimeType.startsWith(NATIVE_MIME_PREFIX) ? null : Buffer.alloc(0);
  return drive.addFile(account.sub, {
    ...described,
    content: content ?? none,
    exports: Object.fromEntries(exports),
  });
}
