export { createImageSampler, type ImageSampler } from "./image-sampler.ts";
export { inspectImage } from "./inspect-image.ts";
