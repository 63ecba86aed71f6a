import type { Image, Library } from "../../library/index.ts";
import { DrivewayError } from "../../platform/index.ts";

/**
 * The tenant's image of this id.
 * @throws {DrivewayError} `image_not_found`, also for another tenant's
 */
export async function findUserFile(
  library: Library,
  params: { readonly tenantId: string; readonly id: string },
): Promise<Image> {
  const image = await library.getImage(params);
  if (image === null)
    throw new DrivewayError("image_not_found", "There is no such image.", { details: { id: params.id } });
  return image;
}
