export { createImageSampler, type ImageSample, type ImageSampler } from "./image-sampler.ts";
export { type InspectedImage, inspectImage } from "./inspect-image.ts";
