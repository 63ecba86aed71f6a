export { createImageSampler } from "./image-sampler.ts";
export { inspectImage } from "./inspect-image.ts";
