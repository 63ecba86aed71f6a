/** A real JPEG, baseline and of three colours, that is small enough to stand at the beginning of nearly any file. */
export const smallPicture = {
  bytes: Buffer.from(
    `/9j/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/2wBDASst
    LTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAwAEADASIAAhEB
    AxEB/8QAGQABAAMBAQAAAAAAAAAAAAAAAQACAwQF/8QAIhABAQACAQMEAwAAAAAAAAAAAQACEQMEEhMUITJBcZGh/8QAFgEBAQEAAAAA
    AAAAAAAAAAAAAgMB/8QAFhEBAQEAAAAAAAAAAAAAAAAAAQAR/9oADAMBAAIRAxEAPwDIJ1TVYKy0QgKwU1IQWQU1IW/TcHlyXL4n9uzw
    8WtdmP6gsgvNCsFtz8PiyHH4tlqK25YBITqQqLAKBIUCsEVkF1dFkduWP3vd1Xm4ri7xdNt6nk1r2/OobItOrTtxx+97uYJVydrtkIrL
    LnCsFAkKiwCgTqdSEFtyArBQJCCyCgTqQkIrIL//2Q==`,
    "base64",
  ),
  /** Its size in pixels, in Drive's names. */
  metadata: { width: 64, height: 48, rotation: 0 },
} as const;
