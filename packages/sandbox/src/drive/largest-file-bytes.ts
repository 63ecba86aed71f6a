/** The largest file that Google takes ("Files you can store in Google Drive"). */
export const LARGEST_FILE_BYTES = 5 * 1024 ** 4;
