import type { UploadNews } from "./decide-upload-limit.ts";

/** Counts what the other nodes are to hear of uploads. */
export interface CountedNews {
  count(what: keyof UploadNews): void;
  isEmpty(): boolean;
  /** What was counted since the last time. */
  take(): UploadNews;
}

const NO_NEWS: UploadNews = { uploadsDone: 0, uploadsRefused: 0, othersRefused: 0 };

export function createUploadNews(): CountedNews {
  let news = NO_NEWS;
  return {
    count(what) {
      news = { ...news, [what]: news[what] + 1 };
    },
    isEmpty: () => news === NO_NEWS,
    take() {
      const taken = news;
      news = NO_NEWS;
      return taken;
    },
  };
}
